using System.ComponentModel;
using ForkLint.Tool.CommandLine;

namespace ForkLint.Tool.Tests;

/// <summary>A refusal of memory is told apart from what is wrong with the tool, wherever in the framework it came up.</summary>
[Collection("console")]
public class MemoryShortageTests
{
    public static TheoryData<Exception, bool> Failures => new()
    {
        { new InsufficientMemoryException(), true },
        { new TypeInitializationException("System.Net.Sockets.SocketAsyncEngine", new InsufficientMemoryException()), true },
        { new AggregateException(new InvalidOperationException(), new InsufficientMemoryException()), true },
        { new InvalidOperationException("inside", new Win32Exception(12)), true },
        { new IOException("Cannot allocate memory", 12), true },
        { new Win32Exception(2), false },
        { new IOException("No such file", 2), false },
        { new TypeInitializationException("ForkLint.Any", new InvalidOperationException()), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void It_is_recognised(Exception failure, bool isShortage) => Assert.Equal(isShortage, MemoryShortage.IsCauseOf(failure));

    [Fact]
    public void It_ends_in_one_line_and_exit_code_7()
    {
        var before = Console.Error;
        using var error = new StringWriter();
        Console.SetError(error);
        try
        {
            Assert.Equal(7, CommandRunner.Guard(static () => throw new TypeInitializationException("SocketAsyncEngine", new InsufficientMemoryException())));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Equal($"forklint: {MemoryShortage.Message}; {MemoryShortage.Advice}\n", error.ToString());
    }
}
