using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

#pragma warning disable RS1001, RS1036, RS1037, RS2008, CA1812 // The analyzers below exist for these tests only.

namespace ForkLint.Verification;

/// <summary>The verifier is only worth its tests: each thing it must notice, it is shown to notice.</summary>
public sealed class VerifierTests
{
    [Fact]
    public Task Passes_where_the_markup_is_right() => Calls("""
        class C
        {
            static void Bad(object o) { }
            void M()
            {
                {|T1(arg):Bad({|#arg:"x"|})|};
                [|Bad(1)|];
            }
        }
        """).Message("T1", "Bad is called").Property("T1", "name", "Bad").Live("T1").Severity("T1", DiagnosticSeverity.Warning).Verify();

    [Fact]
    public Task Fails_on_a_missing_diagnostic() => Fails("missing: any rule", Calls("class C { int M() => [|1|]; }"));

    [Fact]
    public Task Fails_on_an_unexpected_diagnostic() => Fails("unexpected: T1", Calls("class C { void Bad() { Bad(); } }"));

    [Fact]
    public Task Fails_on_a_misplaced_diagnostic() => Fails("missing: T1", Calls("class C { void Bad() { {|T1:Bad();|} } }"));

    [Fact]
    public Task Fails_on_another_additional_location() =>
        Fails("expected (other), found ('1')", Calls("class {|#other:C|} { void Bad(int i) { {|T1(other):Bad(1)|}; } }"));

    [Fact]
    public Task Fails_on_another_message() => Fails("message with", Calls("class C { void Bad() { {|T1:Bad()|}; } }").Message("T1", "Good"));

    [Fact]
    public Task Fails_on_code_that_does_not_compile() => Fails("does not compile", Calls("class C { void M() { Undeclared(); } }"));

    [Fact]
    public Task Fails_on_an_analyzer_that_throws() => Fails("threw", Lint.CSharp("class C { }").Using(new Thrower()));

    [Fact]
    public Task Fails_on_a_tag_that_does_not_tell_the_truth() =>
        Fails("not tagged CompilationEnd", Lint.CSharp("class {|T3:C|} { }").Using(new AtEnd(tagged: false)));

    [Fact]
    public Task Knows_what_comes_at_the_end() =>
        Lint.CSharp("class {|T3:C|} { }").Using(new AtEnd(tagged: true)).AtCompilationEnd("T3").Verify();

    [Fact]
    public Task Options_reach_the_analyzer_by_file() => Calls("class C { void Bad() { Bad(); } }")
        .File("Other.cs", "class D { void Bad() { {|T1:Bad()|}; } }").Option("t.silent", "true", Lint.MainFile).Verify();

    [Fact]
    public Task Build_properties_reach_the_analyzer() => Calls("class C { void Bad() { Bad(); } }").BuildProperty("Silent", "true").Verify();

    [Fact]
    public Task Severities_and_pragmas_are_obeyed() => Calls("""
        class C
        {
            void Bad()
            {
        #pragma warning disable T1
                Bad();
            }
        }
        """).File("D.cs", "class D { void Bad() { Bad(); } }").Option("dotnet_diagnostic.T1.severity", "none", "D.cs").Verify();

    [Fact]
    public Task A_library_is_metadata() => Calls("class C { void M() { {|T1:Lib.L.Bad()|}; } }")
        .Library("Lib", "namespace Lib { public static class L { public static void Bad() => Bad(); } }").On(Framework.NetStandard20).Verify();

    private static Lint Calls(string marked) => Lint.CSharp(marked).Using(new BadCalls());

    private static async Task Fails(string with, Lint test)
    {
        var exception = await Assert.ThrowsAsync<LintException>(test.Verify);
        Assert.Contains(with, exception.Message, StringComparison.Ordinal);
    }

    private static DiagnosticDescriptor Descriptor(string id, params string[] tags) =>
        new(id, "title", "{0} is called", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true, customTags: tags);

    private sealed class BadCalls : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor Rule = Descriptor("T1");

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterOperationAction(Report, OperationKind.Invocation);
        }

        private static void Report(OperationAnalysisContext context)
        {
            var options = context.Options.AnalyzerConfigOptionsProvider;
            var call = (IInvocationOperation)context.Operation;
            if (call.TargetMethod.Name == "Bad"
                && !options.GetOptions(call.Syntax.SyntaxTree).TryGetValue("t.silent", out _)
                && !options.GlobalOptions.TryGetValue("build_property.silent", out _))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rule,
                    call.Syntax.GetLocation(),
                    call.Arguments.Select(argument => argument.Value.Syntax.GetLocation()),
                    ImmutableDictionary<string, string?>.Empty.Add("name", "Bad"),
                    "Bad"));
            }
        }
    }

    private sealed class Thrower : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptor("T2")];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(_ => throw new InvalidOperationException("as meant"), SymbolKind.NamedType);
        }
    }

    private sealed class AtEnd(bool tagged) : DiagnosticAnalyzer
    {
        private readonly DiagnosticDescriptor _rule = tagged ? Descriptor("T3", WellKnownDiagnosticTags.CompilationEnd) : Descriptor("T3");

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterCompilationAction(end => end.ReportDiagnostic(
                Diagnostic.Create(_rule, end.Compilation.GetTypeByMetadataName("C")!.Locations[0], "C")));
        }
    }
}
