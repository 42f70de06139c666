using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Native;

/// <summary>The arguments of a native call by their place in the C signature.</summary>
internal static class NativeArguments
{
    /// <summary>
    /// The argument at <paramref name="index"/>, also inside an expanded <c>params</c> array or an <c>__arglist</c>;
    /// <see langword="null"/> if there is none.
    /// </summary>
    public static IOperation? At(IInvocationOperation call, int index)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { } parameter)
            {
                if (argument.ArgumentKind == ArgumentKind.ParamArray
                    && index >= parameter.Ordinal
                    && argument.Value is IArrayCreationOperation { Initializer.ElementValues: var elements })
                {
                    return index - parameter.Ordinal < elements.Length ? elements[index - parameter.Ordinal] : null;
                }

                if (parameter.Ordinal == index && argument.ArgumentKind != ArgumentKind.ParamArray)
                {
                    return argument.Value;
                }
            }
        }

        return null;
    }
}
