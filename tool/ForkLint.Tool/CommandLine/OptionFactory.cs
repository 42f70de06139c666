using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ForkLint.Linux;

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
            text => ByteSize.TryParse(text, out var bytes) && bytes > 0 ? bytes : null,
            "a size: write a number and a unit, such as 25MiB or 500MB"),
    };

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

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse, string expected)
    {
        // The parser also calls this for an option without a value; the arity error it adds itself says so.
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var value = parse(text);
        if (value is null)
        {
            result.AddError($"'{text}' is not {expected}");
        }

        return value;
    }
}
