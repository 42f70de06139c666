using System.Globalization;

namespace ForkLint.TestApps;

/// <summary>The name=value pairs of the command line.</summary>
internal sealed class ScenarioOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public ScenarioOptions(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            _values[equals < 0 ? argument : argument[..equals]] = equals < 0 ? "" : argument[(equals + 1)..];
        }
    }

    /// <summary>Whether it is given, with or without a value.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A number, 0 where it is not given.</summary>
    public long Number(string name) => _values.TryGetValue(name, out var value) ? long.Parse(value, CultureInfo.InvariantCulture) : 0;
}
