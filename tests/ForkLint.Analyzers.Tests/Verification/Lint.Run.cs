using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Verification;

internal sealed partial class Lint
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> AllAnalyzers =
    [
        .. Assembly.Load("ForkLint.Analyzers").GetTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type, nonPublic: true)!),
    ];

    /// <summary>The analyzers a test runs: those of ForkLint.Analyzers, unless <see cref="Using"/> said otherwise.</summary>
    public ImmutableArray<DiagnosticAnalyzer> Analyzers => _analyzers ?? AllAnalyzers;

    /// <summary>Runs the analyzers and compares. Throws <see cref="LintException"/> with all differences.</summary>
    public async Task Verify()
    {
        var result = await Run().ConfigureAwait(false);
        result.Compare(_withoutLocation);
        foreach (var check in _checks)
        {
            check(result);
        }

        await VerifySameFindings(result.Compilation).ConfigureAwait(false);
        await VerifyScattered(result).ConfigureAwait(false);
    }

    /// <summary>What the rules must say of a program whatever files it is in: run over every test's scattered sources.</summary>
    public static ImmutableArray<DiagnosticAnalyzer> WhenScattered { get; set; } = [];

    private async Task VerifyScattered(LintResult result)
    {
        // Options for one file are not those of its parts, and what a list or an attribute calls a spawn is no word.
        if (_analyzers is not null || _allowCompileErrors || WhenScattered.IsEmpty || _additionalFiles.Exists(file => file.Path.Contains("Spawn", StringComparison.Ordinal))
            || _sources.Exists(source => source.Marked.Contains("EntryPoint", StringComparison.Ordinal)
                || _configs.Exists(config => config.Text.Contains($"[{source.Path[Root.Length..]}]", StringComparison.Ordinal)))
            || Scattered.Of(result.Compilation) is not { } scattered)
        {
            return;
        }

        _analyzers = WhenScattered;
        var ids = WhenScattered.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).ToHashSet();
        (await Run(scattered).ConfigureAwait(false)).CompareMessages(result with { Diagnostics = [.. result.Diagnostics.Where(diagnostic => ids.Contains(diagnostic.Id))] });
    }

    /// <summary>Runs the analyzers and returns what they reported; compile errors and exceptions throw here already.</summary>
    public Task<LintResult> Run(CancellationToken cancellationToken = default) => Run(Compile(), cancellationToken);

    /// <summary>Runs the analyzers over another compilation with this test's configuration: over the sources after a fix.</summary>
    public async Task<LintResult> Run(CSharpCompilation compilation, CancellationToken cancellationToken = default)
    {
        var texts = _sources.Concat(_additionalFiles).ToDictionary(file => file.Path, file => Markup.Parse(file.Marked));
        var configuration = ReadConfiguration();
        if (!_allowCompileErrors)
        {
            FailOnErrors(compilation, texts);
        }

        var exceptions = new ConcurrentQueue<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions(
                [.. _additionalFiles.Select(file => new MemoryText(file.Path, texts[file.Path].Text))],
                configuration.ForAnalyzers()),
            onAnalyzerException: (exception, analyzer, _) => exceptions.Enqueue($"{analyzer}: {exception}"),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);

        var all = await new CompilationWithAnalyzers(compilation, Analyzers, options)
            .GetAnalyzerDiagnosticsAsync(cancellationToken).ConfigureAwait(false);
        var live = await LiveDiagnostics(compilation, options, cancellationToken).ConfigureAwait(false);
        var failures = exceptions.Concat(all.Where(diagnostic => diagnostic.Id == "AD0001").Select(LintResult.MessageOf)).Distinct().ToList();
        if (failures.Count > 0)
        {
            throw new LintException("An analyzer threw:\n" + string.Join("\n", failures));
        }

        return new LintResult(compilation, texts, Looked(all), Looked(live));
    }

    /// <summary>The options and properties of the test, as analyzers see them.</summary>
    public AnalyzerConfigOptionsProvider OptionsProvider => ReadConfiguration().ForAnalyzers();

    /// <summary>The compilation of the test's sources, markup taken out.</summary>
    public CSharpCompilation Compile()
    {
        var texts = _sources.ToDictionary(file => file.Path, file => Markup.Parse(file.Marked));
        return Compile(path => texts[path].Text, ReadConfiguration());
    }

    private CSharpCompilation Compile(Func<string, string> textOf, Configuration configuration)
    {
        var parseOptions = new CSharpParseOptions(_languageVersion, DocumentationMode.Parse);
        var trees = _sources.Select(source => CSharpSyntaxTree.ParseText(textOf(source.Path), parseOptions, source.Path)).ToList();
        var isProgram = trees.Any(tree => ((CompilationUnitSyntax)tree.GetRoot()).Members.Any(SyntaxKind.GlobalStatement));
        if (_implicitUsings)
        {
            trees.Add(CSharpSyntaxTree.ParseText(UsualUsings, parseOptions, Root + "GlobalUsings.g.cs"));
        }

        var moniker = _moniker ?? _framework.Moniker();
        if (moniker.Length > 0)
        {
            trees.Add(CSharpSyntaxTree.ParseText(
                $"[assembly: System.Runtime.Versioning.TargetFramework(\"{moniker}\")]", parseOptions, Root + "AssemblyAttributes.g.cs"));
        }

        return CSharpCompilation.Create(
            "Test",
            trees,
            [
                .. _framework.References(), .. _references,
                .. _libraries.Select(library => Named(CompileLibrary(library.Name, library.Source), library.Name)),
                .. _projects.Select(project => Named(LibraryOf(project.Name, project.Source).ToMetadataReference(), project.Name)),
            ],
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Annotations)
                .WithSyntaxTreeOptionsProvider(configuration.ForTrees()));
    }

    private string UsualUsings => _framework is Framework.NetStandard20 or Framework.Net472
        ? Usings
        : Usings + "\nglobal using System.Buffers;";

    private MetadataReference Named(MetadataReference reference, string name) => _externAliases.TryGetValue(name, out var alias) ? reference.WithAliases([alias]) : reference;

    private CSharpCompilation LibraryOf(string name, string source) => CSharpCompilation.Create(
        name,
        [CSharpSyntaxTree.ParseText(source, path: "/other/" + name + ".cs"), CSharpSyntaxTree.ParseText(UsualUsings, path: "/other/Usings.cs")],
        _framework.References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    private PortableExecutableReference CompileLibrary(string name, string source)
    {
        var compilation = LibraryOf(name, source);
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        return emitted.Success
            ? MetadataReference.CreateFromImage(image.ToArray())
            : throw new LintException($"The library {name} does not compile:\n" + string.Join("\n", emitted.Diagnostics));
    }

    private Configuration ReadConfiguration() => new(_buildProperties.Count == 0
        ? _configs
        : [.. _configs, (Root + "build.globalconfig", "is_global = true\n" + string.Join("\n", _buildProperties) + "\n")]);

    private ImmutableArray<Diagnostic> Looked(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Where(diagnostic => !_ignored.Contains(diagnostic.Id) && (_only is null || _only.Contains(diagnostic.Id)))];

    /// <summary>What the IDE shows while typing: it asks file by file, and never runs compilation-end actions.</summary>
    private async Task<List<Diagnostic>> LiveDiagnostics(Compilation compilation, CompilationWithAnalyzersOptions options, CancellationToken cancellationToken)
    {
        var live = new List<Diagnostic>();
        var ide = new CompilationWithAnalyzers(compilation, Analyzers, options);
        foreach (var tree in compilation.SyntaxTrees)
        {
            live.AddRange(await ide.GetAnalyzerSyntaxDiagnosticsAsync(tree, cancellationToken).ConfigureAwait(false));
            live.AddRange(await ide.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), null, cancellationToken).ConfigureAwait(false));
        }

        return live;
    }

    private static void FailOnErrors(Compilation compilation, IReadOnlyDictionary<string, Markup> texts)
    {
        var errors = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new LintException("The test's code does not compile:\n" + string.Join("\n", errors)
                + "\n" + string.Join("\n", texts.Where(text => text.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(text => text.Value.Text)));
        }
    }
}
