//! A house's connections as numbers, by a clock that stands still until everybody waits for it.

use super::*;

fn house(most: usize) -> House {
    House::new(&Limits::default().with_connections(most))
}

#[test]
fn a_house_that_was_full_wants_room_until_an_eighth_is_free() {
    let house = house(16);
    let wanted = |connections| {
        house.count(connections);
        house.wants_room()
    };
    assert_eq!([15, 16, 15, 14, 15].map(wanted), [false, true, true, false, false]);
    assert_eq!([15, 16].map(|connections| house.door(connections)), [Door::Open, Door::Shut]);
}

#[test]
fn the_smallest_house_is_full_and_empty_in_turns() {
    let house = house(1);
    house.count(1);
    assert!(house.wants_room());
    house.count(0);
    assert!(!house.wants_room());
}

#[tokio::test(start_paused = true)]
async fn a_house_is_busy_when_those_that_idle_have_had_the_time_to_go() {
    let house = house(1);
    assert!(!house.is_busy());
    house.count(1);
    sleep(house.crowded).await;
    // Counted again, which begins nothing anew.
    house.count(1);
    assert!(!house.is_busy());
    let begun = Instant::now();
    house.busy().await;
    assert_eq!((house.is_busy(), begun.elapsed()), (true, house.crowded));
    house.count(1);
    house.count(0);
    assert!(!house.is_busy());
    sleep(SAME_CROWD / 2).await;
    house.count(1);
    assert!(house.is_busy(), "who waited came in, and others wait");
    house.count(0);
    sleep(SAME_CROWD).await;
    house.count(1);
    assert!(!house.is_busy(), "another crowd");
}

#[tokio::test(start_paused = true)]
async fn a_busy_house_looks_at_who_comes_and_has_places_beyond() {
    let house = house(16);
    house.count(16);
    assert_eq!(house.door(16), Door::Shut);
    sleep(house.crowded * 2).await;
    assert_eq!(
        [15, 16, 17, 18].map(|number| house.door(number)),
        [Door::Watched, Door::Watched, Door::Watched, Door::Shut]
    );
    assert_eq!([15, 16].map(|number| house.clone().in_turns().door(number)), [Door::Open, Door::Shut]);
    house.close();
    assert!(!house.wants_room() && !house.is_busy());
}

#[tokio::test(start_paused = true)]
async fn a_house_that_was_not_full_for_a_while_wants_no_room_though_less_than_an_eighth_is_free() {
    let house = house(16);
    house.count(16);
    sleep(SAME_CROWD * 2).await;
    house.count(15);
    assert!(house.wants_room() && house.is_busy());
    sleep(SAME_CROWD).await;
    assert!(!house.wants_room() && !house.is_busy(), "without anybody to be counted");
    assert!(house.room().borrow().is_wanted(), "not told yet");
    house.count(15);
    assert!(!house.room().borrow().is_wanted());
}

#[tokio::test(start_paused = true)]
async fn one_that_comes_and_goes_makes_no_other_crowd() {
    let house = house(16);
    house.count(16);
    sleep(house.crowded * 3).await;
    for number in [15, 16, 14, 16] {
        house.count(number);
    }
    assert!(house.is_busy());
}
