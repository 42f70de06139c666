using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using ForkLint.Linux;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>Options whose values are checked while the command line is parsed, each with an error that shows what would be right.</summary>
internal static class OptionFactory
{
    /// <summary>A size such as <c>25MiB</c>; null when not given.</summary>
    public static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "size",
        CustomParser = result => Parse<long?>(
            result,
            text => ByteSize.TryParseWithUnit(text, out var bytes) && bytes > 0 ? bytes : null,
            text => ByteSize.TryParse(text, out var bytes) && bytes > 0
                ? $"'{text}' has no unit: write {text}MiB or {text}MB, or {text}B for bytes"
                : $"'{text}' is not a size above zero and up to 8 EiB: write a number and a unit, such as 25MiB or 500MB"),
    };

    /// <summary>The id of a process, as an option: <c>-p</c>, as the .NET diagnostic tools have it.</summary>
    public static Option<string?> ProcessId(string description = "The process id, the same as PID.") => new("--process-id", "-p") { Description = description, HelpName = "pid" };

    /// <summary>The name of a process, or a part of it that no other has.</summary>
    /// <param name="description">What is done with it.</param>
    public static Option<string?> Name(string description) => new("--name", "-n") { Description = description, HelpName = "name" };

    /// <summary>A file for what else goes to standard output.</summary>
    /// <param name="what">What is written: <c>the report</c>.</param>
    public static Option<string?> Output(string what) => new("--output", "-o") { Description = $"Write {what} to this file instead of standard output.", HelpName = "file" };

    /// <summary>The form of a report that also comes with pictures. A form that is added here is one of each command that asks for this option.</summary>
    public static Option<ReportForm> ReportForm() => Choice<ReportForm>("--format", "The format of the report. Without this option, the ending of the file name in --output chooses it.");

    /// <summary>The form that was asked for; else the one whose word is the ending of the output's name; else text.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="format">The option that <see cref="ReportForm"/> made.</param>
    /// <param name="path">The output; null for standard output.</param>
    public static ReportForm Form(ParseResult parsed, Option<ReportForm> format, string? path) =>
        Form(parsed, format, path, [(".htm", CommandLine.ReportForm.Html), .. Enum.GetValues<ReportForm>().Select(static form => ("." + form.ToString().ToLowerInvariant(), form))]);

    /// <summary>The form that was asked for; else the one that the ending of the output's name stands for; else the first.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="format">The option that asks for a form.</param>
    /// <param name="path">The output; null for standard output.</param>
    /// <param name="endings">What stands for which form, such as <c>.json</c>.</param>
    public static T Form<T>(ParseResult parsed, Option<T> format, string? path, params ReadOnlySpan<(string Ending, T Form)> endings)
        where T : struct, Enum
    {
        if (parsed.GetResult(format) is null && path is not null)
        {
            foreach (var (ending, form) in endings)
            {
                if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                {
                    return form;
                }
            }
        }

        return parsed.GetValue(format);
    }

    /// <summary>A duration such as <c>250ms</c>; null when not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For the help text.</param>
    /// <param name="maximum">The longest that makes sense.</param>
    public static Option<TimeSpan?> Duration(string name, string description, TimeSpan maximum) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result => Parse<TimeSpan?>(
            result,
            text => DurationText.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= maximum ? duration : null,
            string.Create(CultureInfo.InvariantCulture, $"a duration of at most {maximum.TotalSeconds:0} s: write a number and a unit (us, ms, s, m), such as 250ms or 5s")),
    };

    /// <summary>How long the application may be stopped.</summary>
    public static Option<TimeSpan?> MaxStall(string description) =>
        Duration("--max-stall", string.Create(CultureInfo.InvariantCulture, $"{description} [default: {MeasureRequest.DefaultMaxStall.TotalMilliseconds:0}ms]"), TimeSpan.FromMinutes(1));

    /// <summary>An address of this machine with a port; null when not given.</summary>
    public static Option<IPEndPoint?> Listen(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "address:port",
        CustomParser = result => Parse<IPEndPoint>(
            result,
            // The framework's parser accepts an address without a port as port 0, and a number alone as an address.
            text => text.LastIndexOf(':') > text.LastIndexOf(']') && text.AsSpan().IndexOfAny('.', '[') >= 0 && IPEndPoint.TryParse(text, out var address) ? address : null,
            "an address and a port: write for example 127.0.0.1:9778, [::1]:9778, or 0.0.0.0:9778 for every address of the machine"),
    };

    /// <summary>An address of a server; null when not given.</summary>
    public static Option<Uri?> HttpAddress(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "url",
        CustomParser = result => Parse<Uri>(
            result,
            text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null,
            "an address: write for example http://localhost:4318"),
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string description, int defaultValue, int minimum, int maximum) => new(name)
    {
        Description = description,
        HelpName = "count",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => Parse<int?>(
            result,
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum ? value : null,
            string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}")) ?? defaultValue,
    };

    /// <summary>One of a few words; the first of them when not given.</summary>
    /// <typeparam name="T">An enumeration whose names, in lower case, are the words.</typeparam>
    public static Option<T> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        var words = string.Join('|', Enum.GetNames<T>()).ToLowerInvariant();
        return new Option<T>(name)
        {
            Description = $"{description} [default: {default(T).ToString().ToLowerInvariant()}]",
            HelpName = words,
            CustomParser = result => Parse<T?>(
                result,
                text => text.All(char.IsAsciiLetter) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value : null,
                "one of " + words.Replace("|", ", ", StringComparison.Ordinal)) ?? default,
        };
    }

    /// <summary>A description of another machine, such as <c>ram=2GiB,swap=0,overcommit=2</c>; null when not given.</summary>
    public static Option<AsIf?> OtherMachine(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "machine",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (AsIf.TryParse(text, out var asIf, out var error))
            {
                return asIf;
            }

            result.AddError($"{name}: {error}");
            return null;
        },
    };

    /// <summary>Sizes of children, such as <c>250MiB</c> and <c>3x250MiB</c>; null when none is given.</summary>
    public static Option<ChildSize[]?> ChildSizes(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "[count x] size",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            var sizes = new List<ChildSize>();
            foreach (var token in result.Tokens)
            {
                if (ChildSize.TryParse(token.Value, out var size, out var error))
                {
                    sizes.Add(size!);
                }
                else
                {
                    result.AddError($"{name}: {error}");
                    return null;
                }
            }

            return [.. sizes];
        },
    };

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string expected) => Parse(result, parse, text => $"'{text}' is not {expected}");

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, Func<string, string> explain)
    {
        // The parser also calls this for an option without a value; the arity error it adds itself says so.
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var value = parse(text);
        if (value is null)
        {
            result.AddError($"{(result.Parent as OptionResult)?.Option.Name}: {explain(text)}");
        }

        return value;
    }
}
