# The image: podwright, linked statically, and nothing else.
#
#   docker build --tag podwright:0.1.0 .
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=0.1.0 .
#
# `cargo xtask image` builds the last stage with buildah where no registry is within reach, with a folder in the first
# stage's place (--build-context build=FOLDER) that `cargo xtask static-binary` wrote: the same command as below. So what is
# not run by the tests is `apt-get` and the base image. Of arm64 they run nothing.
#
# `cargo xtask dist` reads the last stage for the image of a release (docs/release.md); a test compares it with buildah's.

# On the builder's own processor, so that another one's image is compiled across and not emulated.
#
# Pinned by the digest of the image index (all platforms), because a tag can move. The digest is from public builds that
# resolved this tag; the tests cannot reach a registry. `docker buildx imagetools inspect rust:1.95-bookworm` shows the tag's
# current digest. To update, change tag and digest together.
FROM --platform=$BUILDPLATFORM rust:1.95-bookworm@sha256:6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1 AS build
ARG TARGETARCH
# A compiler only recommends the headers that it needs.
RUN if [ "${TARGETARCH:-}" = arm64 ] && [ "$(uname -m)" != aarch64 ]; then \
        cross="gcc-aarch64-linux-gnu libc6-dev-arm64-cross"; \
    elif [ "${TARGETARCH:-}" = amd64 ] && [ "$(uname -m)" != x86_64 ]; then \
        cross="gcc-x86-64-linux-gnu libc6-dev-amd64-cross"; \
    fi; \
    if [ -n "${cross:-}" ]; then apt-get update && apt-get install --yes --no-install-recommends $cross; fi
WORKDIR /source
COPY . .
RUN cargo xtask static-binary "${TARGETARCH:-}" /podwright

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="podwright" \
      org.opencontainers.image.description="A Kubernetes mutating admission webhook that fits an annotated Pod for production" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /podwright /podwright
# A number, as the kubelet can tell of no name whether it is root (runAsNonRoot).
USER 65532:65532
# The webhook, and the admin port.
EXPOSE 8443 8080
ENTRYPOINT ["/podwright"]
# A KRM function (docs/pipelines.md): kustomize and kpt run an image without arguments. Deployments name `serve`.
CMD ["fn"]
