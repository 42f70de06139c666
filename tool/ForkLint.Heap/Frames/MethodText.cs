using System.Text.RegularExpressions;

namespace ForkLint.Heap.Frames;

/// <summary>Turns the names that the compiler makes back into the method that the source has.</summary>
internal static partial class MethodText
{
    /// <summary>
    /// The method as its author knows it: an async method or an iterator instead of its state machine's <c>MoveNext</c>, a lambda or a
    /// local function by the method that it stands in.
    /// </summary>
    /// <param name="signature">As the runtime prints it: <c>App.Worker+&lt;RunAsync&gt;d__3.MoveNext()</c>.</param>
    public static string Of(string signature)
    {
        // The names that are made are not promised to stay as they are, but have been since C# 5 (roslyn: GeneratedNames.cs).
        if (StateMachine().Match(signature) is { Success: true } machine)
        {
            return $"{Nesting(machine.Groups["type"].Value)}.{machine.Groups["method"].Value}";
        }

        if (Local().Match(signature) is { Success: true } local)
        {
            return $"{Nesting(local.Groups["type"].Value)}.{local.Groups["method"].Value}.{local.Groups["local"].Value}{local.Groups["rest"].Value}";
        }

        return Lambda().Match(signature) is { Success: true } lambda
            ? $"{Nesting(lambda.Groups["type"].Value)}.{lambda.Groups["method"].Value}, a lambda"
            : Nesting(signature);
    }

    private static string Nesting(string type) => Closure().Replace(type, "").Replace('+', '.');

    [GeneratedRegex(@"^(?<type>.+)\+<(?<method>[^<>]+)>d(__\d+)?(`\d+)?(\[\[?.*\]\]?)?\.MoveNext\(\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex StateMachine();

    [GeneratedRegex(@"^(?<type>.+)\.<(?<method>[^<>]+)>g__(?<local>[^|]+)\|[0-9_]+(?<rest>\(.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Local();

    [GeneratedRegex(@"^(?<type>.+)\.<(?<method>[^<>]+)>b__[0-9_]+\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Lambda();

    [GeneratedRegex(@"\+<>c(__DisplayClass\d+_\d+)?", RegexOptions.ExplicitCapture)]
    private static partial Regex Closure();
}
