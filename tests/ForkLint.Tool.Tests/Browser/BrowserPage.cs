using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ForkLint.Tool.Tests.Browser;

/// <summary>A tab: what a user does in it, and what the browser has to say about it.</summary>
public sealed class BrowserPage : IDisposable
{
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(60);

    /// <summary>As high as a phone or a laptop: the height decides on nothing but what a screenshot shows.</summary>
    private const int Height = 900;

    private readonly DevTools _tools;
    private readonly string _target;
    private readonly string _session;
    private readonly int _width;
    private string? _file;

    internal BrowserPage(DevTools tools, int width, bool isDark, bool hasScripts)
    {
        (_tools, _width) = (tools, width);
        _target = tools.Ask("Target.createTarget", new JsonObject { ["url"] = "about:blank" })["targetId"]!.GetValue<string>();
        _session = tools.Ask("Target.attachToTarget", new JsonObject { ["targetId"] = _target, ["flatten"] = true })["sessionId"]!.GetValue<string>();
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            Ask($"{domain}.enable");
        }

        Ask("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = Height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        Prefer(isDark);
        Ask("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !hasScripts });
    }

    /// <summary>What the browser complains about: exceptions, errors, refused loads, dialogs.</summary>
    public IReadOnlyList<string> Complaints =>
    [
        .. _tools.Events(_session).Where(static happened => happened.Method is "Runtime.exceptionThrown" or "Log.entryAdded" or "Runtime.consoleAPICalled" or "Page.javascriptDialogOpening")
            .Select(static happened => $"{happened.Method}: {happened.Parameters.ToJsonString()}"),
    ];

    /// <summary>What it loaded, but for the page itself and what is written in it.</summary>
    public IReadOnlyList<string> Loaded =>
    [
        .. _tools.Events(_session).Where(static happened => happened.Method == "Network.requestWillBeSent").Select(static happened => happened.Parameters["request"]!["url"]!.GetValue<string>())
            .Where(url => url != $"file://{_file}" && !url.StartsWith("data:", StringComparison.Ordinal)),
    ];

    /// <summary>Shows a page from a file, and waits until it is loaded.</summary>
    public BrowserPage Show(string html)
    {
        _file = Path.Combine(Path.GetTempPath(), $"forklint-page-{Guid.NewGuid():N}.html");
        File.WriteAllText(_file, html);
        Ask("Page.navigate", new JsonObject { ["url"] = $"file://{_file}" });
        var begun = Stopwatch.GetTimestamp();
        while (!_tools.Events(_session).Any(static happened => happened.Method == "Page.loadEventFired"))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < LoadPatience, "the page was not loaded");
            Thread.Sleep(10);
        }

        return this;
    }

    /// <summary>Changes the colours that the user prefers, and the medium.</summary>
    /// <param name="isDark">Whether dark ones.</param>
    /// <param name="medium">Which medium's styles are shown on the screen, such as <c>print</c>; empty for its own.</param>
    public void Prefer(bool isDark, string medium = "") => Ask("Emulation.setEmulatedMedia", new JsonObject
    {
        ["media"] = medium,
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }),
    });

    /// <summary>The value of an expression in the page, or of its promise.</summary>
    public T Value<T>(string expression)
    {
        var answer = Ask("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]?.ToJsonString()}");
        return answer["result"]!["value"]!.GetValue<T>();
    }

    /// <summary>Presses a key where the focus is.</summary>
    public void Press(string key)
    {
        foreach (var type in new[] { "keyDown", "keyUp" })
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key };
            if (key == "Enter" && type == "keyDown")
            {
                press["text"] = "\r";
            }

            Ask("Input.dispatchKeyEvent", press);
        }
    }

    /// <summary>Clicks in the middle of an element.</summary>
    public void Click(string selector)
    {
        // d3 swallows the click that ends a drag, by a listener that a timer takes away. Input comes before timers: a click right after a drag would be swallowed as well.
        Value<string>("new Promise(done => setTimeout(() => done('')))");
        var place = JsonNode.Parse(Value<string>($"(() => {{ const e = document.querySelector('{selector}'); e.scrollIntoView({{ block: 'center' }}); const r = e.getBoundingClientRect(); return JSON.stringify([r.x + r.width / 2, r.y + r.height / 2]); }})()"))!.AsArray();
        foreach (var type in new[] { "mouseMoved", "mousePressed", "mouseReleased" })
        {
            Ask("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = place[0]!.GetValue<double>(), ["y"] = place[1]!.GetValue<double>(), ["button"] = type == "mouseMoved" ? "none" : "left", ["clickCount"] = 1 });
        }
    }

    /// <summary>A picture of the whole page, as PNG.</summary>
    public byte[] Picture()
    {
        var height = Value<double>("document.documentElement.scrollHeight");
        return Convert.FromBase64String(Ask("Page.captureScreenshot", new JsonObject
        {
            ["format"] = "png",
            ["captureBeyondViewport"] = true,
            ["clip"] = new JsonObject { ["x"] = 0, ["y"] = 0, ["width"] = _width, ["height"] = height, ["scale"] = 1 },
        })["data"]!.GetValue<string>());
    }

    /// <summary>The page on paper, as PDF.</summary>
    public byte[] Paper() => Convert.FromBase64String(Ask("Page.printToPDF", new JsonObject { ["printBackground"] = false, ["preferCSSPageSize"] = true })["data"]!.GetValue<string>());

    /// <inheritdoc/>
    public void Dispose()
    {
        _tools.Ask("Target.closeTarget", new JsonObject { ["targetId"] = _target });
        if (_file is not null)
        {
            File.Delete(_file);
        }
    }

    private JsonNode Ask(string method, JsonObject? parameters = null) => _tools.Ask(method, parameters, _session);
}
