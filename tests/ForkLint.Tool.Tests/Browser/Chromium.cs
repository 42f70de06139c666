using System.Diagnostics;
using System.Globalization;

namespace ForkLint.Tool.Tests.Browser;

/// <summary>A headless Chromium of this machine, started once and driven through its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).</summary>
public sealed class Chromium : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-chromium-");
    private readonly Process _process;
    private readonly DevTools _tools;

    /// <summary>Starts it.</summary>
    public Chromium()
    {
        // A profile of its own; the sandbox needs a user that is not root; /dev/shm is small in containers.
        var start = new ProcessStartInfo("chromium", [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-port=0", $"--user-data-dir={_folder.FullName}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new InvalidOperationException("The tests of pages need Chromium: apt-get install chromium", failure);
        }

        // Nobody reads its log, which must not fill a pipe.
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _tools = new DevTools(Address());
    }

    /// <summary>A new tab of a width, in light or dark.</summary>
    /// <param name="width">In CSS pixels.</param>
    /// <param name="isDark">Which colours the user prefers.</param>
    /// <param name="hasScripts">Whether scripts may run.</param>
    public BrowserPage Open(int width, bool isDark = false, bool hasScripts = true) => new(_tools, width, isDark, hasScripts);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Asked to, it takes its helper processes along; what does not listen is killed with them.
        _tools.Ask("Browser.close");
        _tools.Dispose();
        if (!_process.WaitForExit(EndPatience))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        DeleteFolder();
    }

    // Its helper processes may write into the profile until they, too, are gone.
    private void DeleteFolder()
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _folder.Delete(recursive: true);
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(begun) < StartPatience)
            {
                Thread.Sleep(50);
            }
        }
    }

    // The browser writes its port and its path into its profile as soon as it listens.
    private Uri Address()
    {
        var file = Path.Combine(_folder.FullName, "DevToolsActivePort");
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < StartPatience && !_process.HasExited)
        {
            if (File.Exists(file) && File.ReadAllLines(file) is [var port, var path] && path.Length > 0)
            {
                return new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}{path}"));
            }

            Thread.Sleep(20);
        }

        throw new InvalidOperationException("Chromium did not start");
    }
}
