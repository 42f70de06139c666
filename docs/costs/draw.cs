// Draws what a fork costs, over the size of the program, from measurements.json, and puts its figures into README.md:
//   dotnet run docs/costs/draw.cs [FOLDER]      writes there, otherwise beside this file
#:property PublishAot=false
#:property GenerateDocumentationFile=true
using System.Globalization;
using System.Text;
using System.Text.Json;

var here = Folder();
var target = args.Length > 0 ? args[0] : here;
using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(here, "measurements.json")));
var points = document.RootElement.GetProperty("points").EnumerateArray().ToArray();
double[] Values(string path, double unit) =>
    [.. points.Select(point => path.Split('.').Aggregate(point, (element, name) => element.GetProperty(name)).GetDouble() / unit)];

const double Megabyte = 1e6, Millisecond = 1e3;
var held = Values("heldBytes", Megabyte);

Draw("charge.svg", "Right after the fork", "MB",
    new Line("commit charge of the child", "a", Values("chargedBytes", Megabyte)),
    new Line("its RSS", "b", Values("childResidentBytes", Megabyte)),
    new Line("its own memory (USS)", "c", Values("childUniqueBytes", Megabyte)));
Draw("latency.svg", "Time to make the child", "ms",
    new Line("fork: median, and from the fastest to the slowest", "a", Values("forkMicroseconds.median", Millisecond),
        Values("forkMicroseconds.minimum", Millisecond), Values("forkMicroseconds.maximum", Millisecond)),
    new Line("vfork: median", "c", Values("vforkMedianMicroseconds", Millisecond)));
Draw("copy-on-write.svg", "The child's own memory (USS), when it writes 25 MB", "MB",
    new Line("after it wrote", "a", Values("childUniqueAfterWritingBytes", Megabyte)),
    new Line("before", "c", Values("childUniqueBytes", Megabyte)));
WriteTable();

void WriteTable()
{
    var table = new StringBuilder("| held and written | predicted charge | charged | child's RSS | its USS | after writing 25 MB | fork | vfork |\n|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    foreach (var point in points)
    {
        double Number(string name) => point.GetProperty(name).GetDouble();
        table.Append(Text($"| {Number("heldBytes") / Megabyte:0} MB | {Number("predictedChargeBytes"):#,0} B | {Number("chargedBytes"):#,0} B "))
            .Append(Text($"| {Number("childResidentBytes") / Megabyte:0.0} MB | {Number("childUniqueBytes") / Megabyte:0.00} MB | {Number("childUniqueAfterWritingBytes") / Megabyte:0.0} MB "))
            .Append(Text($"| {point.GetProperty("forkMicroseconds").GetProperty("median").GetDouble() / Millisecond:0.0} ms | {Number("vforkMedianMicroseconds") / Millisecond:0.00} ms |\n"));
    }

    var trials = points.Min(point => point.GetProperty("forkMicroseconds").GetProperty("trials").GetInt32());
    var page = File.ReadAllText(Path.Combine(here, "README.md")).Split("<!-- table -->\n");
    File.WriteAllText(Path.Combine(target, "README.md"), Text($"{page[0]}<!-- table -->\n{table}\nMB are millions of bytes. Times are medians of {trials} trials in three processes of each size.\n<!-- table -->\n{page[^1]}"));
}

void Draw(string file, string title, string unit, params Line[] lines)
{
    const int width = 680, height = 380, left = 64, right = 24, top = 76, bottom = 56, baseline = height - bottom;
    var (across, widest) = Ticks(held.Max());
    var (up, highest) = Ticks(lines.Max(line => (line.Highest ?? line.Values).Max()));
    double X(double value) => left + (value / widest * (width - left - right));
    double Y(double value) => baseline - (value / highest * (baseline - top));
    string Points(IEnumerable<(double X, double Y)> values) => string.Join(' ', values.Select(value => Text($"{X(value.X):F1},{Y(value.Y):F1}")));

    var svg = new StringBuilder();
    void Write(FormattableString text) => svg.Append(Text(text)).Append('\n');
    Write($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">");
    Write($"<title>{title}, in {unit}, over the memory that the program holds and has written, in MB</title>");
    svg.Append(Style);
    Write($"<rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
    Write($"<text class=\"title\" x=\"{left}\" y=\"28\">{title}</text>");
    for (double tick = 0; tick <= highest; tick += up)
    {
        Write($"<path class=\"{(tick == 0 ? "axis" : "grid")}\" d=\"M{left} {Y(tick):F1}H{width - right}\"/>");
        Write($"<text x=\"{left - 8}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{tick:0.###}</text>");
    }

    for (double tick = 0; tick <= widest; tick += across)
    {
        Write($"<path class=\"axis\" d=\"M{X(tick):F1} {baseline}v5\"/>");
        Write($"<text x=\"{X(tick):F1}\" y=\"{baseline + 20}\" text-anchor=\"middle\">{tick:0}</text>");
    }

    Write($"<text x=\"{left - 8}\" y=\"{top - 14}\" text-anchor=\"end\">{unit}</text>");
    Write($"<text x=\"{(left + width - right) / 2}\" y=\"{height - 14}\" text-anchor=\"middle\">memory that the program holds and has written, MB</text>");
    const double letter = 6.6, swatch = 26, gap = 22;
    double legend = left;
    foreach (var line in lines)
    {
        if (line is { Lowest: { } lowest, Highest: { } most })
        {
            Write($"<polygon class=\"band {line.Colour}\" points=\"{Points(held.Zip(most))} {Points(held.Zip(lowest).Reverse())}\"/>");
        }

        Write($"<polyline class=\"line {line.Colour}\" points=\"{Points(held.Zip(line.Values))}\"/>");
        foreach (var (x, y) in held.Zip(line.Values))
        {
            Write($"<circle class=\"dot {line.Colour}\" cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"3\"/>");
        }

        Write($"<path class=\"line {line.Colour}\" d=\"M{legend:F1} 46h18\"/>");
        Write($"<text x=\"{legend + swatch:F1}\" y=\"50\">{line.Name}</text>");
        legend += swatch + (line.Name.Length * letter) + gap;
    }

    File.WriteAllText(Path.Combine(target, file), svg.Append("</svg>\n").ToString());
}

// Round steps, four to eight of them up to the value or just beyond it.
static (double Step, double End) Ticks(double value)
{
    var power = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
    var step = power * new[] { 1, 2, 2.5, 5, 10, 20, 25 }.First(factor => factor * power * 5.5 >= value);
    return (step, Math.Ceiling(value / step) * step);
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

// Where this file lies, as 'dotnet run' tells it: its path in a deterministic build does not.
static string Folder() => (string)AppContext.GetData("EntryPointFileDirectoryPath")!;

internal sealed record Line(string Name, string Colour, double[] Values, double[]? Lowest = null, double[]? Highest = null);

internal static partial class Program
{
    // A ground of its own, so that it can be read wherever it is shown; the colours are told apart by their lightness as well.
    private const string Style = """
        <style>
        text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #424a53 }
        .title { font-size: 16px; font-weight: 600; fill: #1f2328 }
        .ground { fill: #ffffff; stroke: #d1d9e0 }
        .grid { stroke: #e4e8ec } .axis { stroke: #818b98 }
        .line { fill: none; stroke-width: 2 } .dot { stroke: none } .band { opacity: 0.18; stroke: none }
        .a { stroke: #0969da } .b { stroke: #bc4c00 } .c { stroke: #1a7f37 }
        .dot.a, .band.a { fill: #0969da } .dot.b { fill: #bc4c00 } .dot.c { fill: #1a7f37 }
        @media (prefers-color-scheme: dark) {
        text { fill: #b1bac4 } .title { fill: #f0f6fc } .ground { fill: #0d1117; stroke: #3d444d }
        .grid { stroke: #262c36 } .axis { stroke: #6e7681 }
        .a { stroke: #58a6ff } .b { stroke: #f0883e } .c { stroke: #3fb950 }
        .dot.a, .band.a { fill: #58a6ff } .dot.b { fill: #f0883e } .dot.c { fill: #3fb950 }
        }
        </style>

        """;
}
