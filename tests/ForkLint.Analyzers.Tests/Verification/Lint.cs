using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Verification;

/// <summary>
/// A test of the rules that reads like their documentation: C# in a raw string, marked where something must be reported
/// (<see cref="Markup"/>), and silence everywhere else.
/// <code>
/// await Lint.CSharp("""
///     class C
///     {
///         void M()
///         {
///             var big = {|#big:new byte[200_000_000]|};
///             {|FORK003(big):Process.Start("git")|};
///             GC.KeepAlive(big);
///         }
///     }
///     """).Message("FORK003", "M → Process.Start").Verify();
/// </code>
/// Every analyzer of ForkLint.Analyzers runs. A test fails on code that does not compile, on an analyzer's exception, on a missing,
/// unexpected or misplaced diagnostic, and where a diagnostic's CompilationEnd tag does not say whether the IDE shows it while typing.
/// </summary>
internal sealed partial class Lint
{
    /// <summary>The first source file of a test.</summary>
    public const string MainFile = "Test.cs";

    /// <summary>Where a test's files pretend to be: .editorconfig sections need absolute paths.</summary>
    public const string Root = "/test/";

    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Diagnostics;
        global using System.IO;
        global using System.Linq;
        global using System.Runtime.InteropServices;
        global using System.Text;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private readonly List<(string Path, string Marked)> _sources = [];
    private readonly List<(string Path, string Marked)> _additionalFiles = [];
    private readonly List<(string Path, string Text)> _configs = [];
    private readonly List<string> _buildProperties = [];
    private readonly List<MetadataReference> _references = [];
    private readonly List<(string Name, string Source)> _libraries = [];
    private readonly List<(string Name, string Source)> _projects = [];
    private readonly Dictionary<string, string> _externAliases = [];
    private readonly HashSet<string> _ignored = [];
    private readonly List<Action<LintResult>> _checks = [];
    private HashSet<string>? _only;
    private Framework _framework = Framework.Net80;
    private LanguageVersion _languageVersion = Microsoft.CodeAnalysis.CSharp.LanguageVersion.Latest;
    private ImmutableArray<DiagnosticAnalyzer>? _analyzers;
    private string? _moniker;
    private bool _implicitUsings = true;
    private bool _allowCompileErrors;

    private Lint()
    {
    }

    /// <summary>A test of this code, for .NET 8 with the usual usings unless said otherwise. Top-level statements make it a program.</summary>
    public static Lint CSharp(string marked) => new Lint().File(MainFile, marked);

    /// <summary>Adds a source file. Options can be set for it alone by its name.</summary>
    public Lint File(string name, string marked) => With(() => _sources.Add((Root + name, marked)));

    /// <summary>Compiles for this framework, and says so in a <c>TargetFrameworkAttribute</c> as the SDK does.</summary>
    public Lint On(Framework framework) => With(() => _framework = framework);

    /// <summary>Another <c>TargetFrameworkAttribute</c> than the framework's, or none where empty.</summary>
    public Lint TargetFrameworkAttribute(string moniker) => With(() => _moniker = moniker);

    /// <summary>The language version; the default is the newest of the hosting compiler.</summary>
    public Lint LanguageVersion(LanguageVersion version) => With(() => _languageVersion = version);

    /// <summary>Leaves the usual usings out (they need C# 10).</summary>
    public Lint WithoutUsings() => With(() => _implicitUsings = false);

    /// <summary>An .editorconfig entry, for all files or for one.</summary>
    public Lint Option(string key, string value, string file = "*.cs") => EditorConfig($"[{file}]\n{key} = {value}");

    /// <summary>A whole .editorconfig beside the sources.</summary>
    public Lint EditorConfig(string text) => With(() =>
    {
        // Two .editorconfig files of one folder would hide each other, so they become one.
        var before = string.Concat(_configs.Where(config => config.Path == Root + ".editorconfig").Select(config => config.Text));
        _configs.RemoveAll(config => config.Path == Root + ".editorconfig");
        _configs.Add((Root + ".editorconfig", before + text + "\n"));
    });

    /// <summary>A .globalconfig; the first line <c>is_global = true</c> is added.</summary>
    public Lint GlobalConfig(string text) => With(() => _configs.Add(($"{Root}{_configs.Count}.globalconfig", "is_global = true\n" + text + "\n")));

    /// <summary>A property of the project that the package makes visible, such as <c>RuntimeIdentifier</c>.</summary>
    public Lint BuildProperty(string name, string value) => With(() => _buildProperties.Add($"build_property.{name} = {value}"));

    /// <summary>An additional file, such as <c>ForkLint.Measured.txt</c>. It can be marked like a source.</summary>
    public Lint AdditionalFile(string name, string marked) => With(() => _additionalFiles.Add((Root + name, marked)));

    /// <summary>A referenced assembly the compiler cannot see into, built from this source.</summary>
    public Lint Library(string assemblyName, string source) => With(() => _libraries.Add((assemblyName, source)));

    /// <summary>Another project, which an editor shows with its sources and a build as an assembly: it must make no difference.</summary>
    public Lint Project(string assemblyName, string source, bool hasSources) => hasSources
        ? With(() => _projects.Add((assemblyName, source)))
        : Library(assemblyName, source);

    /// <summary>The name by which <c>extern alias</c> knows an assembly; its types are in no global namespace then.</summary>
    public Lint ExternAlias(string assemblyName, string alias) => With(() => _externAliases[assemblyName] = alias);

    /// <summary>A referenced assembly.</summary>
    public Lint Reference(MetadataReference reference) => With(() => _references.Add(reference));

    /// <summary>References Mono.Posix, for <c>Mono.Unix.Native.Syscall</c>.</summary>
    public Lint ReferenceMonoPosix() => Reference(MetadataReference.CreateFromFile(typeof(Mono.Unix.Native.Syscall).Assembly.Location));

    /// <summary>Looks at these rules only.</summary>
    public Lint Only(params string[] ids) => With(() => _only = [.. ids]);

    /// <summary>Does not look at these rules.</summary>
    public Lint Ignore(params string[] ids) => With(() => _ignored.UnionWith(ids));

    /// <summary>Lets code through that does not compile, for tests of half-typed code.</summary>
    public Lint AllowCompileErrors() => With(() => _allowCompileErrors = true);

    /// <summary>Runs these analyzers instead of ForkLint's.</summary>
    public Lint Using(params DiagnosticAnalyzer[] analyzers) => With(() => _analyzers = [.. analyzers]);

    /// <summary>Some diagnostic of the rule says this, as a part of its message.</summary>
    public Lint Message(string id, string part) => Check(result => result.Demand(id, diagnostic =>
        LintResult.MessageOf(diagnostic).Contains(part, StringComparison.Ordinal), $"a message with '{part}'"));

    /// <summary>No diagnostic says this.</summary>
    public Lint NoMessage(string part) => Check(result => result.Forbid(diagnostic =>
        LintResult.MessageOf(diagnostic).Contains(part, StringComparison.Ordinal), $"a message with '{part}'"));

    /// <summary>Some diagnostic of the rule carries this property.</summary>
    public Lint Property(string id, string key, string? value) => Check(result => result.Demand(id, diagnostic =>
        diagnostic.Properties.TryGetValue(key, out var actual) && actual == value, $"the property {key} = {value}"));

    /// <summary>Every diagnostic of the rule has this effective severity, and there is one.</summary>
    public Lint Severity(string id, DiagnosticSeverity severity) => Check(result => result.DemandAll(id, diagnostic =>
        diagnostic.Severity == severity, $"severity {severity}"));

    /// <summary>Every diagnostic of the rule is shown while typing, and there is one.</summary>
    public Lint Live(string id) => Check(result => result.DemandAll(id, diagnostic => !LintResult.IsAtEnd(diagnostic), "shown live"));

    /// <summary>Every diagnostic of the rule comes only with a build, and there is one.</summary>
    public Lint AtCompilationEnd(string id) => Check(result => result.DemandAll(id, LintResult.IsAtEnd, "reported at compilation end"));

    /// <summary>A diagnostic of the rule stands nowhere in particular and says this.</summary>
    public Lint WithoutLocation(string id, string part) => With(() => _withoutLocation.Add((id, part)));

    /// <summary>Anything else that must hold of the result.</summary>
    public Lint Check(Action<LintResult> check) => With(() => _checks.Add(check));

    private readonly List<(string Id, string Part)> _withoutLocation = [];

    private Lint With(Action change)
    {
        change();
        return this;
    }
}
