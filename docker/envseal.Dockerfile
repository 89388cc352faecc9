# An image that only carries the envseal binary, to copy it from:
#
#     npm run image -- --tag REPOSITORY:VERSION --push
#
# for both platforms, or for this machine alone:
#
#     npm run build:binary -- --all
#     docker build --file docker/envseal.Dockerfile --tag envseal dist/bin
#
# Push it once for each release, and name it by its digest: that is the checksum which builds hold it to.

FROM scratch AS amd64
COPY envseal-linux-x64 /glibc/envseal
COPY envseal-linux-x64-musl /musl/envseal

FROM scratch AS arm64
COPY envseal-linux-arm64 /glibc/envseal
COPY envseal-linux-arm64-musl /musl/envseal

# BuildKit makes the stage of the image's own platform alone.
FROM ${TARGETARCH}
# For `docker create`, which wants a command.
ENTRYPOINT ["/glibc/envseal"]
