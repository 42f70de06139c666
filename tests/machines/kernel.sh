#!/bin/bash
# kernel.sh NAME      downloads a kernel of Debian and makes the small initial file system that finds the root disk. Prints their folder.
#   NAME: 5.10, 6.1, 7.2
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need depmod=kmod cpio=cpio busybox=busybox-static zstd=zstd xz=xz-utils
name=${1:?the name of a kernel}
case $name in
    5.10) suite=bullseye ;;
    6.1) suite=bookworm ;;
    7.2) suite=sid ;;
    *) say "unknown kernel: $name"; exit 1 ;;
esac
folder=$CACHE/kernel/$name
[ ! -e "$folder/ready" ] || { echo "$folder"; exit; }
rm -rf "$folder"; mkdir -p "$folder/tree" "$folder/root"/{bin,dev,proc,modules,disk}

# The meta package names the image; since 7.x the image, its modules and its base files are packages of their own.
configuration=$(apt_for $suite)
depends() { APT_CONFIG=$configuration apt-cache depends "$1" | sed -n "s/^ *Depends: \($2\)$/\1/p"; }
image=$(depends linux-image-cloud-amd64 'linux-image-.*' | head -1)
[ -n "$image" ] || { say "Debian $suite has no linux-image-cloud-amd64"; exit 3; }
say "kernel: $image"
# shellcheck disable=SC2046
unpack $suite "$folder/tree" "$image" $(depends "$image" 'linux-\(binary\|modules\|base\)-[0-9].*')
cp "$(find "$folder/tree" -name 'vmlinuz*' | head -1)" "$folder/vmlinuz"

# What a root disk on virtio needs, each module behind those it needs itself.
modules=$(find "$folder/tree" -type d -path '*/lib/modules/*' -name '[0-9]*' -prune | head -1)
mkdir -p "$folder/base/lib/modules"; ln -s "$modules" "$folder/base/lib/modules/$(basename "$modules")"
depmod -b "$folder/base" "$(basename "$modules")" 2>/dev/null || true
for wanted in virtio_pci virtio_blk ext4 crc32c_generic crc32c_intel; do
    grep -E "(^|/)${wanted//[-_]/[-_]}\.ko[^ ]*:" "$modules/modules.dep" || true
done | tr -d : | awk '{ for (i = NF; i >= 1; i--) if (!seen[$i]++) print $i }' | while read -r file; do
    plain=$(basename "$file"); plain=${plain%.xz}; plain=${plain%.zst}
    case $file in *.xz) xz -dc "$modules/$file" ;; *.zst) zstd -dcq "$modules/$file" ;; *) cat "$modules/$file" ;; esac >"$folder/root/modules/$plain"
    echo "$plain" >>"$folder/root/modules/order"
done
cp "$(command -v busybox)" "$folder/root/bin/busybox"
cp "$HERE/guest/initramfs" "$folder/root/init"; chmod 755 "$folder/root/init"
(cd "$folder/root" && find . | cpio -o -H newc --quiet | gzip -1) >"$folder/initrd"
rm -rf "$folder/tree" "$folder/root" "$folder/base"
touch "$folder/ready"
echo "$folder"
