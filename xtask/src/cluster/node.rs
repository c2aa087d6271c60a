//! A node: a containerd and a kubelet with a folder, a bridge and addresses of their own. The nodes share one network
//! namespace, so that one kube-proxy serves them all.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{images::PAUSE, servers::Starter};
use crate::{Error, files, logged::Logged, process::read_as};

const PATIENCE: Duration = Duration::from_secs(60);

/// A node's name and numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    name: &'static str,
    subnet: u8,
}

impl Place {
    pub(super) const FIRST: Self = Self { name: "node-1", subnet: 1 };
    pub(super) const ALL: [Self; 2] = [Self::FIRST, Self { name: "node-2", subnet: 2 }];

    pub(super) fn name(self) -> &'static str {
        self.name
    }

    /// The node's address, and its Pods' gateway.
    pub(super) fn address(self) -> String {
        format!("10.88.{}.1", self.subnet)
    }

    /// The bridge's name and address.
    pub(super) fn bridge(self) -> (String, String) {
        (self.name.to_owned(), format!("{}/24", self.address()))
    }

    fn port(self) -> u16 {
        10250 + u16::from(self.subnet) - 1
    }

    /// The folder as programs inside see it. It is short because a socket's path may have a hundred characters at most.
    fn inside(self) -> PathBuf {
        Path::new("/run/cluster").join(self.name)
    }
}

#[derive(Debug)]
pub(super) struct Node {
    place: Place,
    containerd: Logged,
    kubelet: Option<Logged>,
}

impl Node {
    /// Starts containerd, which needs no API server.
    pub(super) fn start(starter: Starter<'_>, place: Place) -> Result<Self, Error> {
        write_configuration(starter.folder, place)?;
        let mut command = starter.namespace.held_inside("containerd");
        command.arg("--config").arg(place.inside().join("containerd.toml"));
        let containerd = Logged::start(&format!("containerd-{}", place.subnet), command, starter.folder)?;
        Ok(Self { place, containerd, kubelet: None })
    }

    /// Imports a docker-archive from a path of the machine.
    pub(super) fn import(&mut self, starter: Starter<'_>, archive: &Path) -> Result<(), Error> {
        let socket = starter.folder.join(self.place.name).join("containerd.sock");
        self.containerd.wait_for(PATIENCE, |_| Ok(socket.exists().then_some(())))?;
        self.images(starter, &[OsStr::new("import"), archive.as_os_str()])
    }

    /// Gives an image another name. Both names have a registry and a tag.
    pub(super) fn tag(&self, starter: Starter<'_>, [image, name]: [&str; 2]) -> Result<(), Error> {
        self.images(starter, &["tag", "--force", image, name].map(OsStr::new))
    }

    fn images(&self, starter: Starter<'_>, arguments: &[&OsStr]) -> Result<(), Error> {
        let mut ctr = starter.namespace.inside("ctr");
        ctr.arg("--address").arg(self.place.inside().join("containerd.sock"));
        ctr.args(["--namespace", "k8s.io", "images"]).args(arguments);
        read_as(&format!("ctr images {}", arguments.join(OsStr::new(" ")).display()), &mut ctr).map(drop)
    }

    /// Starts the kubelet, which registers with the API server.
    pub(super) fn join(&mut self, starter: Starter<'_>) -> Result<(), Error> {
        let inside = self.place.inside();
        let mut command = starter.namespace.held_inside(starter.binaries.node("kubelet"));
        command.arg("--config").arg(inside.join("kubelet.yaml"));
        command.arg("--root-dir").arg(inside.join("kubelet")).arg("--cert-dir").arg(inside.join("pki"));
        command.args(["--hostname-override", self.place.name, "--node-ip", &self.place.address()]);
        self.kubelet = Some(starter.client(&format!("kubelet-{}", self.place.subnet), command)?);
        Ok(())
    }

    pub(super) fn must_run(&mut self) -> Result<(), Error> {
        self.containerd.must_run()?;
        self.kubelet.as_mut().map_or(Ok(()), Logged::must_run)
    }
}

fn write_configuration(folder: &Path, place: Place) -> Result<(), Error> {
    let own = folder.join(place.name);
    let cni = own.join("cni");
    files::make(&cni)?;
    let files = [
        (own.join("containerd.toml"), include_str!("containerd.toml")),
        (cni.join("network.conflist"), include_str!("network.conflist")),
        (own.join("kubelet.yaml"), include_str!("kubelet.yaml")),
    ];
    let inside = place.inside().display().to_string();
    for (path, template) in files {
        let text = template.replace("FOLDER", &inside).replace("NODE", place.name).replace("PAUSE", PAUSE);
        let text = text.replace("SUBNET", &format!("10.88.{}.0/24", place.subnet));
        let text = text.replace("PORT", &place.port().to_string());
        files::write(&path, text)?;
    }
    Ok(())
}
