using System.Collections.Immutable;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Fixing;

/// <summary>Applies code fixes to a test's code. The result must compile, be silent, and be what the test says.</summary>
internal static class FixVerification
{
    /// <summary>The one finding that this fix can fix is fixed by it, and the main file becomes <paramref name="after"/>.</summary>
    public static Task Becomes<TFix>(this Lint test, string after)
        where TFix : CodeFixProvider, new() => test.Becomes<TFix>((Lint.MainFile, after));

    /// <summary>The one finding that this fix can fix is fixed by it, and the files become these.</summary>
    public static async Task Becomes<TFix>(this Lint test, params (string File, string After)[] files)
        where TFix : CodeFixProvider, new()
    {
        await Check<TFix>(test, await Fix<TFix>(test).ConfigureAwait(false), files).ConfigureAwait(false);
    }

    /// <summary>What the main file is once this fix fixed the one finding that it can fix.</summary>
    public static async Task<string> After<TFix>(this Lint test)
        where TFix : CodeFixProvider, new()
    {
        var changed = await Fix<TFix>(test).ConfigureAwait(false);
        await Check<TFix>(test, changed, []).ConfigureAwait(false);
        return (await changed.Documents.Single(document => document.Name == Lint.MainFile).GetTextAsync().ConfigureAwait(false)).ToString();
    }

    /// <summary>All findings of the project are fixed at once.</summary>
    public static Task BecomesAll<TFix>(this Lint test, params (string File, string After)[] files)
        where TFix : CodeFixProvider, new() => test.BecomesAllBut<TFix>(0, files);

    /// <summary>All findings of the project but some are fixed at once.</summary>
    public static async Task BecomesAllBut<TFix>(this Lint test, int left, params (string File, string After)[] files)
        where TFix : CodeFixProvider, new()
    {
        var project = await Open(test).ConfigureAwait(false);
        var findings = await Findings<TFix>(test, project).ConfigureAwait(false);
        await Check<TFix>(test, (await ApplyAll(new TFix(), project, findings).ConfigureAwait(false))!, files, left).ConfigureAwait(false);
    }

    /// <summary>The project once all findings are fixed at once; <see langword="null"/> where nothing is to be done.</summary>
    public static async Task<Project?> ApplyAll(CodeFixProvider fix, Project project, ImmutableArray<Diagnostic> findings)
    {
        var first = (await Offered(fix, project, [findings[0]]).ConfigureAwait(false)).FirstOrDefault();
        var context = new FixAllContext(
            project.GetDocument(findings[0].Location.SourceTree)!,
            fix,
            FixAllScope.Project,
            first?.EquivalenceKey!,
            findings.Select(finding => finding.Id).Distinct(),
            new KnownFindings(findings),
            CancellationToken.None);
        return await fix.GetFixAllProvider()!.GetFixAsync(context).ConfigureAwait(false) is { } all ? await Apply(all, project).ConfigureAwait(false) : null;
    }

    /// <summary>There is a finding, but this fix would not be right.</summary>
    public static async Task IsNotOffered<TFix>(this Lint test)
        where TFix : CodeFixProvider, new()
    {
        var project = await Open(test).ConfigureAwait(false);
        var findings = await Findings<TFix>(test, project).ConfigureAwait(false);
        Assert.NotEmpty(findings);
        Assert.Empty(await Offered(new TFix(), project, findings).ConfigureAwait(false));
    }

    private static async Task<Project> Fix<TFix>(Lint test)
        where TFix : CodeFixProvider, new()
    {
        var project = await Open(test).ConfigureAwait(false);
        var actions = await Offered(new TFix(), project, await Findings<TFix>(test, project).ConfigureAwait(false)).ConfigureAwait(false);
        return await Apply(Assert.Single(actions), project).ConfigureAwait(false);
    }

    /// <summary>The test's code as an editor has it.</summary>
    public static async Task<Project> Open(Lint test)
    {
        var compilation = test.Compile();
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Test", "Test", LanguageNames.CSharp)
                .WithCompilationOptions(compilation.Options)
                .WithParseOptions(compilation.SyntaxTrees[0].Options)
                .WithMetadataReferences(compilation.References));
        foreach (var tree in compilation.SyntaxTrees)
        {
            solution = solution.AddDocument(
                DocumentId.CreateNewId(id), Path.GetFileName(tree.FilePath), await tree.GetTextAsync().ConfigureAwait(false), filePath: tree.FilePath);
        }

        return solution.GetProject(id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> Findings<TFix>(Lint test, Project project)
        where TFix : CodeFixProvider, new()
    {
        var result = await test.Run((CSharpCompilation)(await project.GetCompilationAsync().ConfigureAwait(false))!).ConfigureAwait(false);
        var ids = new TFix().FixableDiagnosticIds;
        return [.. result.Diagnostics.Where(diagnostic => ids.Contains(diagnostic.Id))];
    }

    /// <summary>What a fix offers for some findings.</summary>
    public static async Task<List<CodeAction>> Offered(CodeFixProvider fix, Project project, ImmutableArray<Diagnostic> findings)
    {
        var actions = new List<CodeAction>();
        foreach (var finding in findings)
        {
            var document = project.GetDocument(finding.Location.SourceTree)!;
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => actions.Add(action), CancellationToken.None)).ConfigureAwait(false);
        }

        return actions;
    }

    /// <summary>The project once an action is done.</summary>
    public static async Task<Project> Apply(CodeAction action, Project project)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None).ConfigureAwait(false);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
    }

    private static async Task Check<TFix>(Lint test, Project changed, (string File, string After)[] files, int left = 0)
        where TFix : CodeFixProvider, new()
    {
        foreach (var (file, after) in files)
        {
            var text = await changed.Documents.Single(document => document.Name == file).GetTextAsync().ConfigureAwait(false);
            Assert.Equal(after.ReplaceLineEndings("\n"), text.ToString());
        }

        var compilation = (CSharpCompilation)(await changed.GetCompilationAsync().ConfigureAwait(false))!;
        Assert.DoesNotContain(compilation.GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        // FORK007 is about forking at all, which no rearrangement cures.
        var result = await test.Run(compilation).ConfigureAwait(false);
        Assert.Equal(left, result.Diagnostics.Count(diagnostic => diagnostic.Id != "FORK007"));
    }

    private sealed class KnownFindings(ImmutableArray<Diagnostic> findings) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(findings);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(findings.Where(finding => finding.Location.SourceTree?.FilePath == document.FilePath));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
