using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Which argument of a call goes to which parameter, the receiver of an extension included.</summary>
internal static class PassedArguments
{
    /// <summary>What a member of an extension block is called on, where it is called as the static method that it is.</summary>
    public static ObjectSet ReceiverAmong(PassedArgument[] arguments) => AllOf(default, Array.FindAll(arguments, static argument => argument.Ordinal == 0));

    /// <summary>The other arguments, by the ordinals of the member that the block declares.</summary>
    public static PassedArgument[] WithoutReceiver(PassedArgument[] arguments) =>
        [.. arguments.Where(static argument => argument.Ordinal > 0).Select(static argument => argument with { Ordinal = argument.Ordinal - 1 })];

    /// <summary>All objects that are passed.</summary>
    public static ObjectSet AllOf(ObjectSet receiver, PassedArgument[] arguments)
    {
        var all = receiver;
        foreach (var argument in arguments)
        {
            all = all.Union(argument.Value);
        }

        return all;
    }
}
