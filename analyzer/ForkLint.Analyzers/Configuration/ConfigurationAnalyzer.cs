using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Configuration;

/// <summary>
/// FORK000: an option or a line of an additional file that cannot be read. A line is reported where it stands. An
/// option has no line that an analyzer could see, so each wrong value is reported once, for the project.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigurationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        ImmutableArray.CreateRange(Descriptors.Both(Descriptors.UnreadableConfiguration));

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterAdditionalFileAction(ReadAdditionalFile);
        context.RegisterCompilationAction(ReadOptions);
    }

    private static void ReadAdditionalFile(AdditionalFileAnalysisContext context)
    {
        var file = context.AdditionalFile;
        if (!ApiListFile.TryGetKind(file.Path, out var kind) || file.GetText(context.CancellationToken) is not { } text)
        {
            return;
        }

        foreach (var error in ApiListFile.Parse(kind, text).Errors)
        {
            var location = Location.Create(file.Path, error.Span, text.Lines.GetLinePositionSpan(error.Span));
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.UnreadableConfiguration, location, error.Reason));
        }
    }

    private static void ReadOptions(CompilationAnalysisContext context)
    {
        var provider = context.Options.AnalyzerConfigOptionsProvider;
        var sentences = new SortedSet<string>(StringComparer.Ordinal);
        ForkLintOptions.Read(provider.GlobalOptions, sentence => sentences.Add(sentence));

        // Files of one folder share one object for their options, so most trees cost one comparison.
        AnalyzerConfigOptions? last = null;
        foreach (var tree in context.Compilation.SyntaxTrees)
        {
            var options = provider.GetOptions(tree);
            if (!ReferenceEquals(options, last))
            {
                ForkLintOptions.Read(options, sentence => sentences.Add(sentence));
                last = options;
            }
        }

        foreach (var sentence in sentences)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.UnreadableConfiguration.AtEnd(), Location.None, sentence));
        }
    }
}
