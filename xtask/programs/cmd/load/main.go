// load sends GET requests to one URL, each on its own connection, until SIGTERM or for the time of -for. Then it prints the
// numbers of answers with 200 and of failures, "ok 1234 failed 5", and a line for each reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

type tally struct {
	sync.Mutex
	ok      int
	reasons map[string]int
}

func (t *tally) add(reason string) {
	t.Lock()
	defer t.Unlock()
	if reason == "" {
		t.ok++
	} else {
		t.reasons[reason]++
	}
}

func main() {
	workers := flag.Int("workers", 8, "how many requests there are at once")
	pause := flag.Duration("pause", 5*time.Millisecond, "how long each worker rests between two requests")
	timeout := flag.Duration("timeout", 2*time.Second, "how long an answer may take")
	length := flag.Duration("for", 24*time.Hour, "how long at most")
	flag.Parse()

	limited, cancel := context.WithTimeout(context.Background(), *length)
	defer cancel()
	stopped, cancel := signal.NotifyContext(limited, syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	client := &http.Client{Timeout: *timeout, Transport: &http.Transport{DisableKeepAlives: true}}
	counted := tally{reasons: map[string]int{}}
	var all sync.WaitGroup
	for range *workers {
		all.Go(func() {
			for stopped.Err() == nil {
				counted.add(get(client, flag.Arg(0)))
				time.Sleep(*pause)
			}
		})
	}
	all.Wait()
	failed := 0
	for _, count := range counted.reasons {
		failed += count
	}
	fmt.Printf("ok %d failed %d\n", counted.ok, failed)
	for reason, count := range counted.reasons {
		fmt.Printf("%d times: %s\n", count, reason)
	}
}

// get returns the reason of a failure, with the same text for the same cause, or an empty string.
func get(client *http.Client, url string) string {
	answer, err := client.Get(url)
	if err == nil {
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
	}
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return errno.Error()
	case os.IsTimeout(err):
		return "no answer in time"
	case err != nil:
		return err.Error()
	case answer.StatusCode != http.StatusOK:
		return answer.Status
	}
	return ""
}
