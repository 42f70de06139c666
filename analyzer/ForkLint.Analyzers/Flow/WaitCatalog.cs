using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>What a call that may wait for a child waits for.</summary>
internal enum WaitKind
{
    /// <summary>It does not wait.</summary>
    None,

    /// <summary>For the process that it is called on.</summary>
    Process,

    /// <summary>For the end of the output that it reads.</summary>
    Output,

    /// <summary>For some child of this process.</summary>
    Any,
}

/// <summary>Knows the calls of the base library and of libc that return only once a child has ended or closed its output.</summary>
internal static class WaitCatalog
{
    /// <summary>What a call waits for. Where it is an output, only the flow analysis knows whether that is a child's.</summary>
    public static WaitKind Classify(IInvocationOperation call)
    {
        var (name, type) = (call.TargetMethod.Name, call.TargetMethod.ContainingType);
        return name switch
        {
            "WaitForExit" or "WaitForExitAsync" or "WaitForExitOrKillOnTimeout" or "WaitForExitOrKillOnCancellationAsync" or "WaitForInputIdle" =>
                MetadataNames.IsOrDerivesFrom(type, "System.Diagnostics", "Process") || MetadataNames.Is(type, "Microsoft.Win32.SafeHandles", "SafeProcessHandle")
                    ? WaitKind.Process
                    : WaitKind.None,
            "ReadToEnd" or "ReadToEndAsync" or "CopyTo" or "CopyToAsync" => Output(type),
            "ReadLine" or "ReadLineAsync" or "Read" or "ReadAsync" or "ReadBlock" or "ReadBlockAsync" or "ReadByte" => IsRepeated(call.Syntax) ? Output(type) : WaitKind.None,
            "Deserialize" or "DeserializeAsync" or "Parse" or "ParseAsync" or "Load" or "LoadAsync" when call.TargetMethod.IsStatic =>
                call.TargetMethod.Parameters.Any(static parameter => Output(parameter.Type) != WaitKind.None) ? WaitKind.Output : WaitKind.None,
            "wait" or "waitpid" or "waitid" or "wait4" or "pclose" => call.TargetMethod.IsStatic ? WaitKind.Any : WaitKind.None,
            _ => WaitKind.None,
        };
    }

    /// <summary>What reading a property waits for: <c>HasExited</c> and <c>EndOfStream</c> in a loop poll until the child ends.</summary>
    public static WaitKind Classify(IPropertyReferenceOperation property) => property.Property.Name switch
    {
        "HasExited" when MetadataNames.IsOrDerivesFrom(property.Property.ContainingType, "System.Diagnostics", "Process") && IsRepeated(property.Syntax) => WaitKind.Process,
        "EndOfStream" when IsRepeated(property.Syntax) => Output(property.Property.ContainingType),
        _ => WaitKind.None,
    };

    /// <summary>Whether a method finds processes that were started elsewhere.</summary>
    public static bool FindsProcesses(IMethodSymbol method) =>
        method.Name is "GetProcessById" or "GetProcesses" or "GetProcessesByName" or "GetCurrentProcess" && MetadataNames.Is(method.ContainingType, "System.Diagnostics", "Process");

    /// <summary>Whether a property is what a process writes.</summary>
    public static bool IsOutput(IPropertySymbol property) =>
        property.Name is "StandardOutput" or "StandardError" && MetadataNames.IsOrDerivesFrom(property.ContainingType, "System.Diagnostics", "Process");

    private static WaitKind Output(ITypeSymbol type) =>
        MetadataNames.IsOrDerivesFrom(type, "System.IO", "TextReader") || MetadataNames.IsOrDerivesFrom(type, "System.IO", "Stream") ? WaitKind.Output : WaitKind.None;

    /// <summary>Whether a loop, or <c>SpinWait.SpinUntil</c>, runs an expression again and again.</summary>
    private static bool IsRepeated(SyntaxNode expression)
    {
        for (var node = expression.Parent; node is not null and not (MemberDeclarationSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (node is AnonymousFunctionExpressionSyntax)
            {
                return node.Parent?.Parent?.Parent is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "SpinUntil" } };
            }

            if (node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }
}
