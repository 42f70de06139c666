using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Verification;

/// <summary>
/// A test's <c>.editorconfig</c> and <c>.globalconfig</c> files, read by the compiler's own <see cref="AnalyzerConfigSet"/>,
/// so that sections, precedence and the case of keys are those of a build.
/// </summary>
internal sealed class Configuration(IEnumerable<(string Path, string Text)> files)
{
    private readonly AnalyzerConfigSet _set = AnalyzerConfigSet.Create(files.Select(file => AnalyzerConfig.Parse(file.Text, file.Path)).ToList());

    /// <summary>What analyzers see.</summary>
    public AnalyzerConfigOptionsProvider ForAnalyzers() => new OptionsProvider(_set);

    /// <summary>What the compilation sees: the severities of <c>dotnet_diagnostic.ID.severity</c>.</summary>
    public SyntaxTreeOptionsProvider ForTrees() => new SeverityProvider(_set);

    private sealed class OptionsProvider(AnalyzerConfigSet set) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(set.GlobalConfigOptions.AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Options(set.GetOptionsForSourcePath(tree.FilePath).AnalyzerOptions);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Options(set.GetOptionsForSourcePath(textFile.Path).AnalyzerOptions);
    }

    private sealed class Options(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        private readonly ImmutableDictionary<string, string> _values = values.WithComparers(KeyComparer);

        public override IEnumerable<string> Keys => _values.Keys;

        // The base says [NotNullWhen(true)] of the value. The analyzers bring an attribute of that name for netstandard2.0, and both are visible here.
#pragma warning disable CS8765
        public override bool TryGetValue(string key, out string? value) => _values.TryGetValue(key, out value);
#pragma warning restore CS8765
    }

    private sealed class SeverityProvider(AnalyzerConfigSet set) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) =>
            set.GetOptionsForSourcePath(tree.FilePath).AnalyzerOptions.TryGetValue("generated_code", out var value)
                ? string.Equals(value, "true", StringComparison.OrdinalIgnoreCase) ? GeneratedKind.MarkedGenerated : GeneratedKind.NotGenerated
                : GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            set.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            set.GlobalConfigOptions.TreeOptions.TryGetValue(diagnosticId, out severity);
    }

    // Keys are case-insensitive for analyzers; the set has already lower-cased them.
    private static StringComparer KeyComparer => StringComparer.OrdinalIgnoreCase;
}

/// <summary>An additional file of a test, such as <c>ForkLint.Measured.txt</c>.</summary>
internal sealed class MemoryText(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
