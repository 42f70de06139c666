#!/bin/bash
# disk.sh      builds the root disk: busybox, jq, setpriv and the libraries of this machine, its .NET runtime, the tool and the application. Prints its file.
#   PACKAGE=FILE takes the tool from a ForkLint.Tool package; without it the sources here are packed.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need dotnet=dotnet-sdk-10.0 mke2fs=e2fsprogs busybox=busybox-static jq=jq setpriv=util-linux gcc=gcc unzip=unzip
root=$CACHE/root; disk=$CACHE/root.ext4
rm -rf "$root" "$CACHE/package" "$CACHE/unpacked"
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,lib64,app,tool,dotnet/host/fxr,dotnet/shared/Microsoft.NETCore.App}

package=${PACKAGE:-}
if [ -z "$package" ]; then
    say "packing the tool"
    dotnet pack "$REPOSITORY/tool/ForkLint.Tool" -c Release -o "$CACHE/package" -m:1 -v q --nologo >&2
    package=$(ls "$CACHE"/package/ForkLint.Tool.*.nupkg)
fi
unzip -q "$package" 'tools/net10.0/linux-x64/*' -d "$CACHE/unpacked"
cp -a "$CACHE/unpacked/tools/net10.0/linux-x64/." "$root/tool/"
for program in "$root"/tool/forklint-heap-reader "$root"/tool/native/dotnet-forklint; do [ ! -e "$program" ] || chmod 755 "$program"; done
dotnet build "$HERE/app" -c Release -v q --nologo -o "$CACHE/app" >&2
cp -a "$CACHE/app/." "$root/app/"

# The newest runtime of major version 10 that this machine has.
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
version=$(ls "$dotnet_root/shared/Microsoft.NETCore.App" | grep '^10\.' | sort -V | tail -1)
cp -a "$dotnet_root/dotnet" "$root/dotnet/"
cp -a "$dotnet_root/shared/Microsoft.NETCore.App/$version" "$root/dotnet/shared/Microsoft.NETCore.App/"
cp -a "$dotnet_root/host/fxr/$(ls "$dotnet_root/host/fxr" | sort -V | tail -1)" "$root/dotnet/host/fxr/"

# Programs of this machine, with the libraries that they and .NET load, where the loader looks for them.
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$(command -v jq)" "$(command -v setpriv)" "$root/bin/"
gcc -O1 -static -Wall -Werror -o "$root/bin/watch-cost" "$HERE/guest/watch-cost.c"
gcc -O1 -static -Wall -Werror -o "$root/bin/eat" "$REPOSITORY/tests/LiveTargets/Confinement/eat.c"
native=("$root"/dotnet/dotnet "$root"/dotnet/shared/Microsoft.NETCore.App/*/*.so "$root"/dotnet/host/fxr/*/*.so "$root"/bin/{jq,setpriv} "$root"/tool/forklint-heap-reader "$root"/tool/native/dotnet-forklint)
for file in "${native[@]}"; do ldd "$file" 2>/dev/null || true; done | grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r library; do
    case $library in "$root"/*) continue ;; esac
    mkdir -p "$root$(dirname "$library")"; cp -L "$library" "$root$library"
done
cp "$HERE/guest/init" "$root/init"; chmod 755 "$root/init"
printf 'root:x:0:0:root:/:/bin/sh\napp:x:1654:1654:app:/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
chmod -R go+rX "$root"
rm -f "$disk.new"; mke2fs -q -t ext4 -O ^has_journal -d "$root" "$disk.new" 512M
mv "$disk.new" "$disk"
echo "$disk"
