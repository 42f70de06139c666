using System.Text.Json.Nodes;
using ForkLint.Tests.Shared;
using ForkLint.Tool.Rendering.Html;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests.Browser;

/// <summary>The pages of <c>measure</c> and <c>trace</c> in a real browser. The pictures lie in the folder <c>pages</c> beside the tests afterwards.</summary>
public sealed class PageTests(Chromium browser) : IClassFixture<Chromium>
{
    /// <summary>Of every text that is shown, its contrast to what is behind it (WCAG 2.2, relative luminance and contrast ratio); the lowest, and the text.</summary>
    private const string LowestContrast = """
        (() => {
          const numbers = color => color.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const over = (top, below) => { const a = top.length > 3 ? top[3] : 1; return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)); };
          const behind = element => {
            if (!element) return [255, 255, 255];
            const color = numbers(getComputedStyle(element).backgroundColor);
            return color.length === 3 || color[3] === 1 ? color : over(color, behind(element.parentElement));
          };
          let lowest = [99, ''];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement, style = getComputedStyle(element);
            if (!walker.currentNode.textContent.trim() || !element.getClientRects().length || ['SCRIPT', 'STYLE', 'title'].includes(element.tagName)) continue;
            const isDrawn = element.namespaceURI.endsWith('svg');
            let ground = behind(isDrawn ? element.closest('.chart') : element);
            if (isDrawn && element.parentElement.matches('.cell')) {
              const rect = getComputedStyle(element.parentElement.querySelector('rect'));
              ground = over([...numbers(rect.fill).slice(0, 3), Number(rect.fillOpacity)], ground);
            }
            const [a, b] = [light(numbers(isDrawn ? style.fill : style.color)), light(ground)].sort((x, y) => y - x);
            const contrast = (a + 0.05) / (b + 0.05);
            if (contrast < lowest[0]) lowest = [contrast, walker.currentNode.textContent.trim()];
          }
          return JSON.stringify(lowest);
        })()
        """;

    private static string Folder { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pages")).FullName;

    private static Dictionary<string, string> Pages { get; } = SampleReports.Names.Select<object[], string>(static row => (string)row[0])
        .Select(static name => (Name: $"measure-{name}", Page: MeasurementPage.Write(SampleReports.ByName(name))))
        .Concat(SampleTraces.All.Select(static trace => (Name: $"trace-{trace.Key}", Page: TracePage.Write(trace.Value))))
        .ToDictionary(static page => page.Name, static page => page.Page);

    public static TheoryData<string> Names => [.. Pages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_is_shown_without_complaint_at_every_width_in_light_and_dark(string name)
    {
        foreach (var (width, isDark) in new[] { (400, false), (400, true), (1600, false), (1600, true) })
        {
            using var page = browser.Open(width, isDark).Show(Pages[name]);
            Assert.Empty(page.Complaints);
            Assert.Empty(page.Loaded);

            // Nothing is to be scrolled sideways, and no chart is wider than its place.
            Assert.Equal(width, page.Value<int>("document.documentElement.scrollWidth"));
            Assert.Equal(0, page.Value<int>("[...document.querySelectorAll('section *')].filter(e => e.getClientRects().length && !e.closest('svg') && e.getBoundingClientRect().right > innerWidth).length"));
            Assert.Equal(page.Value<int>("document.querySelectorAll('.chart').length"), page.Value<int>("document.querySelectorAll('.chart:not([hidden]) svg').length"));

            var lowest = JsonNode.Parse(page.Value<string>(LowestContrast))!;
            Assert.True(lowest[0]!.GetValue<double>() >= 4.5, $"{width} {(isDark ? "dark" : "light")}: {lowest.ToJsonString()}");
            Assert.Equal(isDark, page.Value<bool>("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) < 128"));

            var picture = page.Picture();
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
            File.WriteAllBytes(Path.Combine(Folder, $"{name}-{width}-{(isDark ? "dark" : "light")}.png"), picture);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_page_is_dark_on_white_on_paper(string name)
    {
        using var page = browser.Open(1600, isDark: true).Show(Pages[name]);
        var paper = page.Paper();
        Assert.Equal("%PDF", System.Text.Encoding.ASCII.GetString(paper, 0, 4));
        File.WriteAllBytes(Path.Combine(Folder, $"{name}.pdf"), paper);

        page.Prefer(isDark: true, "print");
        Assert.Equal("rgb(27, 31, 36)", page.Value<string>("getComputedStyle(document.body).color"));
        Assert.Equal(0, page.Value<int>("[...document.querySelectorAll('button')].filter(b => b.getClientRects().length && !b.closest('.path')).length"));
        var lowest = JsonNode.Parse(page.Value<string>(LowestContrast))!;
        Assert.True(lowest[0]!.GetValue<double>() >= 4.5, lowest.ToJsonString());
    }

    [Fact]
    public void The_holders_can_be_walked_into_with_the_mouse_and_with_the_keys()
    {
        using var page = browser.Open(1600).Show(Pages["measure-Beside"]);
        string Place() => page.Value<string>("document.querySelector('#holders .path').innerText.replaceAll('\\n', '')");
        string[] Shown() => page.Value<string>("[...document.querySelectorAll('#holders .cell')].map(c => c.getAttribute('aria-label')).join('\\n')").Split('\n');

        Assert.Equal("A fork of Shop.Api", Place());
        Assert.Equal(
            [
                "Objects: 200.0 MiB of charge, 200.0 MiB resident",
                "free GC memory: 12.0 MiB of charge, 9.0 MiB resident",
                "App.Cache: 200.0 MiB of charge, 200.0 MiB resident",
                "App.Cache.Table: 200.0 MiB of charge, 200.0 MiB resident",
            ],
            Shown());

        // A holder leads into the group that it is in.
        page.Click("#holders .cell:not(.group)[aria-label^=App] rect");
        Assert.Equal("A fork of Shop.ApiObjectsApp.Cache", Place());
        Assert.Equal(["App.Cache.Table: 200.0 MiB of charge, 200.0 MiB resident"], Shown());
        Assert.Contains("set it to null and collect", page.Value<string>("document.querySelector('#holders .cell').focus(), document.querySelector('#holders .said').innerText"), StringComparison.Ordinal);

        page.Press("Escape");
        Assert.Equal("A fork of Shop.ApiObjects", Place());
        page.Click("#holders .path button");
        Assert.Equal("A fork of Shop.Api", Place());
        page.Value<string>("document.querySelector('#holders .cell.group').focus(), ''");
        page.Press("Enter");
        Assert.Equal("A fork of Shop.ApiObjects", Place());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public void An_area_is_as_large_as_what_it_stands_for_and_follows_the_figure()
    {
        var report = SampleReports.Agent with { Savings = [Saving("F:A.B.C", 300, 100), Saving("F:A.D.E", 100, 300)] };
        using var page = browser.Open(1600).Show(MeasurementPage.Write(report));
        Assert.InRange(Ratio(), 2.8, 3.2);
        page.Click("#holders .switch button[data-figure=residentBytes]");
        Assert.InRange(1 / Ratio(), 2.8, 3.2);

        double Ratio() => page.Value<double>("(area => area('A.B') / area('A.D'))(name => { const r = [...document.querySelectorAll('#holders .cell')].find(c => c.getAttribute('aria-label').startsWith(name + ':')).querySelector('rect'); return r.getAttribute('width') * r.getAttribute('height'); })");
        static SavingSection Saving(string holder, long charge, long resident) =>
            new() { What = holder, Kind = ForkLint.Heap.SavingKind.Managed, Holder = holder, CommitChargeBytes = charge << 20, ChildResidentBytes = resident << 20, LatencySavedMicroseconds = null, ExposureBytes = 0, Action = "", Confidence = ForkLint.Heap.Confidence.Exact };
    }

    [Fact]
    public void A_child_of_a_trace_lies_where_it_lived_and_the_time_can_be_looked_at_closer()
    {
        using var page = browser.Open(1600).Show(Pages["trace-Shop"]);
        double[] Spans() => [.. JsonNode.Parse(page.Value<string>("JSON.stringify([...document.querySelectorAll('.span')].map(s => Number(s.getAttribute('width'))))"))!.AsArray().Select(static width => width!.GetValue<double>())];

        // 4 s, 1 s, 0.5 s, and 4.5 s until the end of the watch.
        var whole = Spans();
        Assert.Equal(4, whole.Length);
        Assert.Equal([4.0, 1.0, 0.5, 4.5], whole.Select(width => Math.Round(width * 4 / whole[0], 2)));
        Assert.Contains("peak 180.0 MiB", page.Value<string>("document.querySelector('#timeline .said').innerText"), StringComparison.Ordinal);

        page.Click("#timeline .span.p-1");
        Assert.Contains("git pid 7000", page.Value<string>("document.querySelector('#timeline .said').innerText"), StringComparison.Ordinal);
        page.Value<string>("""
            (() => { const o = document.querySelector('#timeline .overlay'), r = o.getBoundingClientRect();
              const at = (type, x) => (type === 'mousedown' ? o : window).dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window, clientX: x, clientY: r.y + 20 }));
              at('mousedown', r.x + 10); at('mousemove', r.x + r.width / 4); at('mousemove', r.x + r.width / 2); at('mouseup', r.x + r.width / 2); return ''; })()
            """);
        Assert.False(page.Value<bool>("document.querySelector('#timeline .whole').hidden"));
        Assert.True(Spans()[0] > whole[0] * 1.8);
        page.Click("#timeline .whole");
        Assert.Equal(whole, Spans());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public void Hostile_names_are_shown_and_do_nothing()
    {
        var name = string.Concat(HostileText.Names.Where(static name => name.Length < 200).Select(static name => name + " "));
        var reports = new[]
        {
            MeasurementPage.Write(SampleReports.Beside with
            {
                Process = SampleReports.Beside.Process with { Name = name },
                Savings = [.. HostileText.Names.Select(static hostile => new SavingSection { What = hostile, Kind = ForkLint.Heap.SavingKind.Managed, Holder = $"F:{hostile}.A.B", Action = hostile, CommitChargeBytes = 5 << 20, ChildResidentBytes = 4 << 20, LatencySavedMicroseconds = null, ExposureBytes = 0, Confidence = ForkLint.Heap.Confidence.Exact })],
                Mappings = [.. HostileText.Names.Select(static hostile => new MappingGroupSection { Kind = MappingKind.File, Name = hostile, Count = 1, ResidentBytes = 1 << 20 })],
                Warnings = [name],
            }),
            TracePage.Write(SampleTraces.Of(null, [.. HostileText.Names.Select(static (hostile, index) => SampleTraces.Spawn(index, 100, hostile, 1 << 20) with { Arguments = [hostile], Caller = hostile })]) with { Process = new TracedProcess(1, name) }),
        };
        foreach (var html in reports)
        {
            using var page = browser.Open(400).Show(html);
            Assert.Empty(page.Complaints);
            Assert.Empty(page.Loaded);
            Assert.Equal("4 0", page.Value<string>("`${document.scripts.length} ${document.querySelectorAll('img, [onmouseover], [onload], [onerror]').length}`"));
            Assert.Equal(400, page.Value<int>("document.documentElement.scrollWidth"));
            Assert.Contains("</script><script>alert(1)</script>", page.Value<string>("document.body.innerText"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_scripts_the_text_is_all_there()
    {
        foreach (var (name, words) in new[] { ("measure-Beside", "they|does not fit|App.Cache.Table|overcommit_memory=0|libcoreclr.so"), ("trace-Shop", "ffmpeg -i in.mkv out.mp4|Shop.Encoder.Run()|signal 9|460.0 MiB") })
        {
            using var page = browser.Open(1600, hasScripts: false).Show(Pages[name]);
            var text = page.Value<string>("document.body.innerText");
            Assert.All(words.Split('|').Skip(1), word => Assert.Contains(word, text, StringComparison.Ordinal));
            Assert.Equal(0, page.Value<int>("[...document.querySelectorAll('.chart, #save')].filter(e => e.getClientRects().length).length"));
        }
    }

    [Fact]
    public void The_JSON_that_is_saved_is_the_report()
    {
        foreach (var (html, json) in new[] { (Pages["measure-Beside"], ReportJson.Write(SampleReports.Beside)), (Pages["trace-Shop"], ReportJson.Write(SampleTraces.Shop)) })
        {
            using var page = browser.Open(1600).Show(html);
            page.Value<string>("URL.createObjectURL = blob => { window.saved = blob; return '#'; }, ''");
            page.Click("#save");
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(page.Value<string>("saved.text()"))));
        }
    }
}
