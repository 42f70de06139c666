using System.Buffers.Binary;
using ForkLint.Linux;

namespace ForkLint.TrialFork.Tests;

/// <summary>Filters are followed as the kernel runs them; where an argument is unknown, the worst that can come counts.</summary>
public class SeccompProgramTests
{
    private const uint Architecture = 0xC000003E;
    private const uint Allow = 0x7FFF0000;
    private const uint KillProcess = 0x80000000;
    private const uint Errno = 0x00050000;

    [Fact]
    public void A_number_decides()
    {
        var program = Program((0x20, 0, 0, 0), (0x15, 0, 1, 56), (0x06, 0, 0, KillProcess), (0x06, 0, 0, Allow));
        Assert.Equal(SeccompAction.KillProcess, program.Judge(new SystemCallUse("clone", 56))!.Value.Action);
        Assert.Equal(SeccompAction.Allow, program.Judge(new SystemCallUse("wait4", 61))!.Value.Action);
    }

    /// <summary>musl asks for robust mutexes by a call of its own. A filter that kills for it was overlooked, and the application died of a measurement.</summary>
    [Theory]
    [InlineData(CLibrary.Glibc, false)]
    [InlineData(CLibrary.Musl, true)]
    [InlineData(CLibrary.Unknown, true)]
    public void What_only_musl_calls_is_judged_where_it_may_be_musl(CLibrary library, bool isJudged)
    {
        foreach (var number in new uint[] { 274, 35, 2, 8 })
        {
            var program = Program((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, KillProcess), (0x06, 0, 0, Allow));
            var actions = AgentSystemCalls.For(library).Select(call => program.Judge(call)!.Value.Action).ToList();
            Assert.Equal(isJudged, actions.Contains(SeccompAction.KillProcess));
            Assert.True(actions.Count(static action => action == SeccompAction.Allow) > 40);
        }
    }

    [Fact]
    public void An_argument_decides_where_it_is_known_and_the_worst_counts_where_not()
    {
        // if (args[0] & 0x10000) allow, else EPERM: what lets threads be made, and no processes.
        var program = Program((0x20, 0, 0, 16), (0x45, 0, 1, 0x10000), (0x06, 0, 0, Allow), (0x06, 0, 0, Errno | 1));
        Assert.Equal(new SeccompAnswer(SeccompAction.Errno, 1), program.Judge(new SystemCallUse("clone", 56, 0x400)));
        Assert.Equal(SeccompAction.Allow, program.Judge(new SystemCallUse("clone", 56, 0x3D0F00))!.Value.Action);
        Assert.Equal(SeccompAction.Errno, program.Judge(new SystemCallUse("clone", 56))!.Value.Action);
    }

    [Fact]
    public void The_upper_half_of_an_argument_is_its_own_word()
    {
        var program = Program((0x20, 0, 0, 20), (0x15, 1, 0, 0), (0x06, 0, 0, KillProcess), (0x06, 0, 0, Allow));
        Assert.Equal(SeccompAction.Allow, program.Judge(new SystemCallUse("clone", 56, 0x400))!.Value.Action);
        Assert.Equal(SeccompAction.KillProcess, program.Judge(new SystemCallUse("clone", 56, 0x1_0000_0400))!.Value.Action);
    }

    [Fact]
    public void Arithmetic_and_scratch_memory_are_followed()
    {
        // A = nr; M[3] = A; A = 7; A <<= 3; X = A; A = M[3]; if (A == X) kill
        var program = Program((0x20, 0, 0, 0), (0x02, 0, 0, 3), (0x00, 0, 0, 7), (0x64, 0, 0, 3), (0x07, 0, 0, 0), (0x60, 0, 0, 3), (0x1D, 0, 1, 0), (0x06, 0, 0, KillProcess), (0x06, 0, 0, Allow));
        Assert.Equal(SeccompAction.KillProcess, program.Judge(new SystemCallUse("clone", 56))!.Value.Action);
        Assert.Equal(SeccompAction.Allow, program.Judge(new SystemCallUse("wait4", 61))!.Value.Action);
    }

    [Fact]
    public void Another_architecture_is_not_ours()
    {
        var program = Program((0x20, 0, 0, 4), (0x15, 1, 0, 0x40000003), (0x06, 0, 0, Allow), (0x06, 0, 0, KillProcess));
        Assert.Equal(SeccompAction.Allow, program.Judge(new SystemCallUse("clone", 56))!.Value.Action);
    }

    [Fact]
    public void What_is_no_filter_is_not_followed()
    {
        Assert.Null(Program((0x20, 0, 0, 0)).Judge(new SystemCallUse("clone", 56)));
        Assert.Null(Program((0x28, 0, 0, 0), (0x06, 0, 0, Allow)).Judge(new SystemCallUse("clone", 56)));
        Assert.Null(Program((0x60, 0, 0, 16), (0x06, 0, 0, Allow)).Judge(new SystemCallUse("clone", 56)));
    }

    private static SeccompProgram Program(params (ushort Code, byte True, byte False, uint K)[] code)
    {
        var bytes = new byte[code.Length * 8];
        for (int index = 0; index < code.Length; index++)
        {
            var one = bytes.AsSpan(index * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(one, code[index].Code);
            one[2] = code[index].True;
            one[3] = code[index].False;
            BinaryPrimitives.WriteUInt32LittleEndian(one[4..], code[index].K);
        }

        return new SeccompProgram(bytes, Architecture);
    }
}
