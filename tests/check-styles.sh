#!/bin/bash
# Checks projects of many styles in a git work tree and asks git whether anything changed. Too long for the ordinary test run.
# Usage: tests/check-styles.sh [PATH OF dotnet-forklint.dll]
set -u
tool=${1:-$(dirname "$0")/ForkLint.Gate.Tests/bin/Release/net10.0/dotnet-forklint.dll}
tool=$(realpath "$tool")
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
cd "$tree" || exit 1
git init -q .
printf 'bin/\nobj/\n' > .gitignore
echo '<Project />' > Directory.Build.props
echo 'root = true' > .editorconfig

# style NAME PROPERTIES [ITEMS [SDK]]
style() {
  mkdir -p "$1"
  echo "<Project Sdk=\"${4:-Microsoft.NET.Sdk}\"><PropertyGroup>$2</PropertyGroup><ItemGroup>${3:-}</ItemGroup></Project>" > "$1/App.csproj"
  cat > "$1/A.cs" <<'CS'
static class Spawner
{
    [System.Runtime.InteropServices.DllImport("libc")] static extern int fork();
    static void Main() { var buffer = new byte[300000000]; fork(); System.Console.WriteLine(buffer.Length); }
}
CS
}

one='<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>'
two='<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>'
lock='<RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>'
errors='<TreatWarningsAsErrors>true</TreatWarningsAsErrors><MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>'
package='<PackageReference Include="YamlDotNet" Version="16.3.0" />'
style plain "$one"
style two-frameworks "$two"
style lock-missing "$one$lock" "$package"
style lock-there "$one$lock" "$package"
style lock-two-frameworks "$two$lock" "$package"
style lock-two-there "$two$lock" "$package"
style lock-custom "$one$lock<NuGetLockFilePath>my.lock.json</NuGetLockFilePath>" "$package"
style lock-locked "$one$lock<RestoreLockedMode>true</RestoreLockedMode>" "$package"
style lock-stale "$one$lock" "$package"
style lock-deleted "$one$lock" "$package"
style 'brackets [1]' "$one$errors"
style "it's a folder" "$two$lock"
style artifacts "$one"
echo '<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>' > artifacts/Directory.Build.props
style own-obj "$one<BaseIntermediateOutputPath>../own-obj-files/</BaseIntermediateOutputPath>"
style documented "$one<DocumentationFile>App.xml</DocumentationFile><EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles><CompilerGeneratedFilesOutputPath>Generated</CompilerGeneratedFilesOutputPath><ErrorLog>mine.sarif</ErrorLog>"
style packed "$one<GeneratePackageOnBuild>true</GeneratePackageOnBuild><PackageOutputPath>packages</PackageOutputPath><PostBuildEvent>touch post-build</PostBuildEvent>"
style web "<TargetFramework>net10.0</TargetFramework>" "" Microsoft.NET.Sdk.Web
sed -i '/own-obj-files/d' .gitignore

# What was restored before: a list of versions that is right, one that is not, one that is gone.
for name in lock-there lock-two-there lock-locked lock-stale lock-deleted; do
  dotnet restore "$name/App.csproj" -v:q -p:RestoreLockedMode=false > /dev/null || echo "could not restore $name"
done
sed -i 's/YamlDotNet/YamlDotNet.Gone/' lock-stale/packages.lock.json
rm lock-deleted/packages.lock.json
git add -A
git -c user.name=t -c user.email=t@example.org commit -qm before

failed=0
for project in */App.csproj; do
  name=$(dirname "$project")
  output=$(timeout 600 dotnet exec "$tool" check "$project" 2>&1)
  code=$?
  changed=$(git status --porcelain)
  findings=$(grep -c 'FORK0' <<< "$output")
  if [ $code -ne 0 ] || [ -n "$changed" ] || [ "$findings" -eq 0 ]; then
    failed=1
    echo "FAILED  $name: exit code $code, $findings findings, changed: $changed"
    [ $code -eq 0 ] || tail -3 <<< "$output"
    git clean -qfd; git checkout -q .
  else
    echo "ok      $name: $findings findings"
  fi
done
exit $failed
