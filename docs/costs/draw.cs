// Draws what a fork costs, over the size of the program, from measurements.json: dotnet run docs/costs/draw.cs
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

var folder = Folder();
using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "measurements.json")));
var points = document.RootElement.GetProperty("points").EnumerateArray().ToArray();
double[] Values(string name, double unit) => [.. points.Select(point => point.GetProperty(name).GetDouble() / unit)];

var size = Values("anonymousBytes", 1e6);
Draw("charge.svg", "Commit charge of one fork", "MB", [("charged", "#1f6feb", Values("commitChargeBytes", 1e6))]);
Draw("latency.svg", "Time to make the child, shortest of the trials", "ms",
    [("fork", "#cf222e", Values("forkMicroseconds", 1e3)), ("vfork", "#1a7f37", Values("vforkMicroseconds", 1e3))]);
Draw("copy-on-write.svg", "Memory of the child's own (USS)", "MB",
    [("right after the fork", "#1a7f37", Values("childUniqueBytes", 1e6)), ("after it wrote 25 MB", "#cf222e", Values("childUniqueAfterWritingBytes", 1e6))]);

void Draw(string file, string title, string unit, (string Name, string Colour, double[] Values)[] lines)
{
    const int width = 640, height = 360, left = 64, right = 24, top = 48, bottom = 48;
    var highest = Step(lines.Max(line => line.Values.Max()));
    var widest = Step(size.Max());
    double X(double value) => left + (value / widest * (width - left - right));
    double Y(double value) => height - bottom - (value / highest * (height - top - bottom));

    var svg = new StringBuilder();
    svg.Append(Text($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
    svg.Append(Text($"<title>{title}</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"));
    svg.Append(Text($"<text x=\"{left}\" y=\"24\" font-size=\"16\">{title}, {unit}</text>\n"));
    for (var tick = 0; tick <= 4; tick++)
    {
        double x = X(widest * tick / 4), y = Y(highest * tick / 4);
        svg.Append(Text($"<path d=\"M{left} {y:F1}H{width - right}\" stroke=\"#d0d7de\"/>\n"));
        svg.Append(Text($"<text x=\"{left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{highest * tick / 4:0.###}</text>\n"));
        svg.Append(Text($"<text x=\"{x:F1}\" y=\"{height - bottom + 18}\" text-anchor=\"middle\">{widest * tick / 4:0}</text>\n"));
    }

    svg.Append(Text($"<text x=\"{width - right}\" y=\"{height - 10}\" text-anchor=\"end\">anonymous memory of the program, MB</text>\n"));
    for (var index = 0; index < lines.Length; index++)
    {
        var (name, colour, values) = lines[index];
        var path = string.Join(' ', size.Zip(values, (x, y) => Text($"{X(x):F1},{Y(y):F1}")));
        svg.Append(Text($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n"));
        foreach (var (x, y) in size.Zip(values))
        {
            svg.Append(Text($"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"3\" fill=\"{colour}\"/>\n"));
        }

        svg.Append(Text($"<text x=\"{left + 16}\" y=\"{top + 8 + (index * 18)}\" fill=\"{colour}\">{name}</text>\n"));
    }

    File.WriteAllText(Path.Combine(folder, file), svg.Append("</svg>\n").ToString());
}

// The next of 1, 2, 4, 5, 8 times a power of ten: four ticks then are round.
static double Step(double value)
{
    var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
    return power * new[] { 1, 2, 4, 5, 8, 10 }.First(factor => factor * power >= value);
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
