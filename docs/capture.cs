// Runs every command whose output a page shows, and writes what it prints into the page:
//   dotnet run docs/capture.cs [FOLDER]      writes the pages there, otherwise in place
// A page says what to run in <!-- output: COMMAND -->, above the block that it replaces; "| before TEXT" or "| from TEXT" takes the part
// before or from the first line that is TEXT, "| first paragraph" that up to the first empty line. The commands run in a pid namespace of their own, in which a shop's service, Shop.Api, is
// process 4242, so this needs root and unshare. FORKLINT_TOOL names the folder of the command; otherwise it is built.
//   dotnet run docs/capture.cs --pictures      takes the pictures as well, and needs chromium for it
// A page says in <!-- picture: COMMAND -->, above an image, which command prints the HTML page that the image shows.
#:property PublishAot=false
#:property GenerateDocumentationFile=true
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

var root = Path.GetDirectoryName(Folder())!;
var isWithPictures = args.Contains("--pictures");
var target = args.FirstOrDefault(argument => argument != "--pictures") ?? root;
var pages = Directory.GetFiles(Path.Combine(root, "docs", "commands"), "*.md").Append(Path.Combine(root, "README.md")).ToDictionary(page => Path.GetRelativePath(root, page), File.ReadAllText);
var work = Directory.CreateTempSubdirectory("forklint-capture-").FullName;
try
{
    (string Page, string Command, string Image)[] pictures = isWithPictures ? [.. pages.SelectMany(page => Pictured().Matches(page.Value).Select(match => (page.Key, match.Groups["command"].Value, match.Groups["image"].Value)))] : [];
    string[] commands = [.. pages.Values.SelectMany(text => Shown().Matches(text)).Select(match => match.Groups["command"].Value).Concat(pictures.Select(picture => picture.Command)).Distinct()];
    var outputs = Run(commands);
    foreach (var (page, command, image) in pictures)
    {
        var file = Path.GetFullPath(image, Path.Combine(target, Path.GetDirectoryName(page)!));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(Path.Combine(work, "page.html"), outputs[command]);
        Bash($"chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size={PictureSize} --screenshot='{file}' 'file://{work}/page.html' 2>'{work}/chromium.log'");
    }

    foreach (var (page, text) in pages)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, page))!);
        File.WriteAllText(Path.Combine(target, page), Shown().Replace(text, match => Fill(match, outputs[match.Groups["command"].Value])));
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}

Dictionary<string, string> Run(string[] commands)
{
    File.WriteAllText(Path.Combine(work, "Directory.Build.props"), "<Project />");
    File.WriteAllText(Path.Combine(work, "Shop.Api.csproj"), """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
        </Project>
        """);
    File.WriteAllText(Path.Combine(work, "Catalog.cs"), """
        namespace Shop;

        public static class Catalog
        {
            public static readonly byte[] Pictures = new byte[200_000_000];

            public static List<string> Names { get; } = [];

            public static void Main()
            {
                Array.Fill(Pictures, (byte)1);
                for (var number = 0; number < 400_000; number++)
                {
                    Names.Add($"an article of the shop, number {number}");
                }

                Console.WriteLine("ready");
                Console.ReadLine();
            }
        }
        """);
    Bash($"dotnet build '{work}/Shop.Api.csproj' -c Release -o '{work}/app' -v q --nologo");
    if (Environment.GetEnvironmentVariable("FORKLINT_TOOL") is not { Length: > 0 } tool)
    {
        Bash($"dotnet build '{root}/tool/ForkLint.Tool' -c Release -v q --nologo");
        tool = Path.Combine(root, "tool", "ForkLint.Tool", "bin", "Release", "net8.0");
    }

    var script = new StringBuilder($$"""
        set -eu
        export PATH='{{tool}}':"$PATH" NO_COLOR=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
        cd '{{root}}'
        mkfifo '{{work}}/in'
        exec 8<>'{{work}}/in'
        # The next process is to be 4242: by the kernel's own setting, or, in one that has none, by using up the numbers before.
        { echo 4241 > /proc/sys/kernel/ns_last_pid; } 2>/dev/null || until [ "${last:-0}" -ge 4241 ]; do (:) & last=$!; wait "$last"; done
        '{{work}}/app/Shop.Api' <'{{work}}/in' >'{{work}}/ready' 8<&- &
        until grep -q ready '{{work}}/ready'; do sleep 0.1; done

        """);
    for (var index = 0; index < commands.Length; index++)
    {
        script.Append($"{commands[index]} >'{work}/{index}.out' 8<&-\n");
    }

    File.WriteAllText(Path.Combine(work, "scene"), script.Append("echo >&8\nwait\n").ToString());
    Bash($"unshare --pid --fork --mount-proc bash '{work}/scene'");
    return commands.Select((command, index) => (command, output: File.ReadAllText(Path.Combine(work, $"{index}.out")).Replace($"{work}/app", "/srv/shop", StringComparison.Ordinal))).ToDictionary(pair => pair.command, pair => pair.output);
}

static string Fill(Match shown, string output)
{
    if (shown.Groups["line"] is { Success: true, Value: var line })
    {
        var at = ("\n" + output).IndexOf($"\n{line}\n", StringComparison.Ordinal);
        if (at < 0)
        {
            throw new InvalidOperationException($"'{shown.Groups["command"].Value}' printed no line '{line}'");
        }

        output = shown.Groups["part"].Value == "before" ? output[..at].TrimEnd() + "\n" : output[at..];
    }

    if (shown.Groups["first"].Success && output.IndexOf("\n\n", StringComparison.Ordinal) is > 0 and var end)
    {
        output = output[..end];
    }

    return $"{shown.Groups["mark"].Value}\n```\n{shown.Groups["prompt"].Value}{output.TrimEnd()}\n```\n";
}

static void Bash(string command)
{
    using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0)
    {
        throw new InvalidOperationException($"{command} ended with {process.ExitCode}\n{output}");
    }
}

// Where this file lies, as 'dotnet run' tells it: its path in a deterministic build does not.
static string Folder() => (string)AppContext.GetData("EntryPointFileDirectoryPath")!;

internal static partial class Program
{
    // The first screen of a page, with the picture of who holds the memory.
    private const string PictureSize = "1100,1240";

    [GeneratedRegex(@"<!-- picture: (?<command>[^>]+?) -->\n!\[[^\]]+\]\((?<image>[^)]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Pictured();

    [GeneratedRegex(@"(?<mark><!-- output: (?<command>[^|>]+?)(?: \| (?:(?<part>before|from) (?<line>[^>]+?)|(?<first>first paragraph)))? -->)\n```\n(?<prompt>\$ [^\n]*\n)?.*?```\n", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Shown();
}
