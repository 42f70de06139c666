using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Configuration;

/// <summary>What a user says about <c>Process.Start</c>.</summary>
internal enum ProcessStartChoice
{
    /// <summary>The target framework, platform and runtime identifiers decide.</summary>
    Auto,

    /// <summary>It never duplicates.</summary>
    Shares,

    /// <summary>It always duplicates.</summary>
    Duplicates,
}

/// <summary>The options of one source file, as <c>.editorconfig</c> and <c>.globalconfig</c> give them for it.</summary>
internal sealed record ForkLintOptions
{
    /// <summary>From which size on an allocation counts at a duplicating spawn.</summary>
    public const string ForkThresholdKey = "forklint.fork_threshold";

    /// <summary>From which size on an allocation counts at a sharing spawn.</summary>
    public const string ProcessStartThresholdKey = "forklint.process_start_threshold";

    /// <summary>Whether <c>Process.Start</c> duplicates.</summary>
    public const string ProcessStartModelKey = "forklint.process_start_model";

    /// <summary>Every key there is.</summary>
    public static readonly ImmutableArray<string> Keys = ImmutableArray.Create(ForkThresholdKey, ProcessStartThresholdKey, ProcessStartModelKey);

    private const string Prefix = "forklint.";

    /// <summary>The least threshold: memory is charged and copied by the page, and smaller allocations share theirs with others.</summary>
    public const long LeastThresholdBytes = 4096;

    /// <summary>What holds where nothing is configured.</summary>
    public static ForkLintOptions Default { get; } = new();

    /// <summary>Bytes from which on an allocation counts at a duplicating spawn; 1 MiB by default.</summary>
    public long ForkThresholdBytes { get; init; } = 1L << 20;

    /// <summary>Bytes from which on an allocation counts at a sharing spawn; 16 MiB by default.</summary>
    public long ProcessStartThresholdBytes { get; init; } = 16L << 20;

    /// <summary>Whether <c>Process.Start</c> duplicates, or what the target decides.</summary>
    public ProcessStartChoice ProcessStartModel { get; init; }

    /// <summary>Bytes from which on an allocation counts at a spawn of this kind.</summary>
    public long ThresholdBytes(SpawnKind kind) =>
        kind == SpawnKind.Duplicates ? ForkThresholdBytes : ProcessStartThresholdBytes;

    /// <summary>The options of <paramref name="tree"/>. A value that cannot be read is as if it were not there.</summary>
    public static ForkLintOptions For(SyntaxTree tree, AnalyzerConfigOptionsProvider provider) =>
        Read(provider.GetOptions(tree), onError: null);

    /// <summary>Reads the options, and tells <paramref name="onError"/> about each key whose value cannot be read, with the sentence for the user.</summary>
    public static ForkLintOptions Read(AnalyzerConfigOptions options, Action<string>? onError)
    {
        var result = Default;
        if (options.TryGetValue(ForkThresholdKey, out var text))
        {
            result = result with { ForkThresholdBytes = Threshold(ForkThresholdKey, text, result.ForkThresholdBytes, onError) };
        }

        if (options.TryGetValue(ProcessStartThresholdKey, out text))
        {
            result = result with { ProcessStartThresholdBytes = Threshold(ProcessStartThresholdKey, text, result.ProcessStartThresholdBytes, onError) };
        }

        if (options.TryGetValue(ProcessStartModelKey, out text))
        {
            if (Model(text) is { } model)
            {
                result = result with { ProcessStartModel = model };
            }
            else
            {
                onError?.Invoke($"The option {ProcessStartModelKey} is '{text}', but only auto, shares and duplicates are models");
            }
        }

        foreach (var key in onError is null ? [] : UnknownKeys(options))
        {
            onError?.Invoke($"The option {key} is not an option of ForkLint. Did you mean {Keys.OrderBy(known => Distance(key, known)).First()}?");
        }

        return result;
    }

    private static IEnumerable<string> UnknownKeys(AnalyzerConfigOptions options)
    {
        try
        {
            return [.. options.Keys.Where(static key => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !Keys.Contains(key, StringComparer.OrdinalIgnoreCase))];
        }
        catch (NotImplementedException)
        {
            // A host need not say which keys there are.
            return [];
        }
    }

    /// <summary>How many letters of a key must be changed, added or left out to make the other of it.</summary>
    private static int Distance(string key, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < key.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var changed = diagonal + (char.ToLowerInvariant(key[i]) == other[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[other.Length];
    }

    private static long Threshold(string key, string text, long unchanged, Action<string>? onError)
    {
        if (!ByteSizeText.TryParse(text, out var bytes))
        {
            onError?.Invoke($"The option {key} is '{text}', which is not a size such as 1048576, 500KB or 1 MiB");
            return unchanged;
        }

        if (bytes < LeastThresholdBytes)
        {
            onError?.Invoke($"The option {key} is '{text}', which is less than a page; 4 KiB is used");
            return LeastThresholdBytes;
        }

        return bytes;
    }

    private static ProcessStartChoice? Model(string text) => text.Trim().ToUpperInvariant() switch
    {
        "AUTO" => ProcessStartChoice.Auto,
        "SHARES" => ProcessStartChoice.Shares,
        "DUPLICATES" => ProcessStartChoice.Duplicates,
        _ => null,
    };
}
