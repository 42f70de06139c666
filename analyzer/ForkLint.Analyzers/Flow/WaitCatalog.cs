using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>Knows the calls of the base library and of libc that return only once a child has ended or closed its output.</summary>
internal static class WaitCatalog
{
    /// <summary>Whether a call waits for a child.</summary>
    public static bool WaitsForChild(IInvocationOperation call)
    {
        var name = call.TargetMethod.Name;
        return name switch
        {
            "WaitForExit" or "WaitForExitAsync" or "WaitForExitOrKillOnTimeout" or "WaitForExitOrKillOnCancellationAsync" or "WaitForInputIdle" =>
                MetadataNames.IsOrDerivesFrom(call.TargetMethod.ContainingType, "System.Diagnostics", "Process")
                || MetadataNames.Is(call.TargetMethod.ContainingType, "Microsoft.Win32.SafeHandles", "SafeProcessHandle"),
            "ReadToEnd" or "ReadToEndAsync" or "CopyTo" or "CopyToAsync" => IsChildOutput(call.Instance),
            "wait" or "waitpid" or "waitid" or "wait4" or "pclose" => call.TargetMethod.IsStatic,
            _ => false,
        };
    }

    private static bool IsChildOutput(IOperation? reader)
    {
        for (; reader is not null; reader = reader is IPropertyReferenceOperation { Property.Name: "BaseStream" } stream ? stream.Instance : null)
        {
            if (reader is IPropertyReferenceOperation { Property: { Name: "StandardOutput" or "StandardError" } property }
                && MetadataNames.IsOrDerivesFrom(property.ContainingType, "System.Diagnostics", "Process"))
            {
                return true;
            }
        }

        return false;
    }
}
