namespace ForkLint.TrialFork;

/// <summary>A system call as the agent makes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number on the application's architecture.</param>
/// <param name="Arguments">Its arguments as far as they are known beforehand; null: any value.</param>
internal sealed record SystemCallUse(string Name, int Number, params long?[] Arguments)
{
    /// <summary>Whether the agent, the runtime or libc goes on without it when it fails.</summary>
    public bool MayFail { get; init; }

    /// <summary>A call by its numbers on both architectures, of which this one's is taken.</summary>
    public static SystemCallUse Use(string name, int x64, int arm64, params long?[] arguments) => new(name, Libc.IsArm64 ? arm64 : x64, arguments);
}
