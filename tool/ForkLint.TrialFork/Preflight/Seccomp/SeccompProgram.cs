using System.Buffers.Binary;

namespace ForkLint.TrialFork;

/// <summary>
/// A seccomp filter: a classic BPF program over struct seccomp_data (Linux kernel/seccomp.c, seccomp_check_filter; linux/filter.h). It is
/// run on one system call whose arguments may be unknown: where an unknown value decides, both ways are taken, and the most severe answer
/// counts.
/// </summary>
internal sealed class SeccompProgram
{
    private const int InstructionBytes = 8;
    private const int MostSteps = 200_000;
    private const int ScratchWords = 16;
    private readonly Instruction[] _code;
    private readonly uint _architecture;

    /// <summary>A program.</summary>
    /// <param name="code">Its instructions: struct sock_filter each.</param>
    /// <param name="architecture">The AUDIT_ARCH of the calls.</param>
    public SeccompProgram(ReadOnlySpan<byte> code, uint architecture)
    {
        _architecture = architecture;
        _code = new Instruction[code.Length / InstructionBytes];
        for (int index = 0; index < _code.Length; index++)
        {
            var one = code.Slice(index * InstructionBytes, InstructionBytes);
            _code[index] = new Instruction(BinaryPrimitives.ReadUInt16LittleEndian(one), one[2], one[3], BinaryPrimitives.ReadUInt32LittleEndian(one[4..]));
        }
    }

    /// <summary>The most severe answer that the call can get; null where the program cannot be followed.</summary>
    public SeccompAnswer? Judge(SystemCallUse call)
    {
        SeccompAnswer? worst = null;
        int steps = 0;
        var open = new Stack<State>([new State(0, 0, 0, new uint?[ScratchWords])]);
        while (open.TryPop(out var state))
        {
            while (true)
            {
                if (++steps > MostSteps || state.At >= _code.Length)
                {
                    return null;
                }

                var instruction = _code[state.At];
                if ((instruction.Code & 7) == 6)
                {
                    var answer = Answer(instruction.Code == 0x16 ? state.A : instruction.K);
                    worst = worst is { } before && before.Action <= answer.Action ? before : answer;
                    break;
                }

                if ((instruction.Code & 7) == 5)
                {
                    state = Jump(instruction, state, open);
                }
                else if (Step(instruction, state, call) is { } next)
                {
                    state = next;
                }
                else
                {
                    return null;
                }
            }
        }

        return worst;
    }

    private static State Jump(Instruction instruction, State state, Stack<State> open)
    {
        int next = state.At + 1;
        if ((instruction.Code & 0xF0) == 0)
        {
            return state with { At = (int)(next + instruction.K) };
        }

        var operand = (instruction.Code & 8) != 0 ? state.X : instruction.K;
        if (state.A is not { } a || operand is not { } b)
        {
            open.Push(state with { At = next + instruction.False, Memory = (uint?[])state.Memory.Clone() });
            return state with { At = next + instruction.True };
        }

        bool holds = (instruction.Code & 0xF0) switch
        {
            0x10 => a == b,
            0x20 => a > b,
            0x30 => a >= b,
            _ => (a & b) != 0,
        };
        return state with { At = next + (holds ? instruction.True : instruction.False) };
    }

    private State? Step(Instruction instruction, State state, SystemCallUse call)
    {
        uint k = instruction.K;
        state = state with { At = state.At + 1 };
        if (instruction.Code is 0x60 or 0x61 or 0x02 or 0x03 && k >= ScratchWords)
        {
            return null;
        }

        switch (instruction.Code)
        {
            case 0x20: // BPF_LD | BPF_W | BPF_ABS
                return state with { A = Data(k, call) };
            case 0x00:
                return state with { A = k };
            case 0x01:
                return state with { X = k };
            case 0x80:
                return state with { A = 64 }; // the length of struct seccomp_data
            case 0x81:
                return state with { X = 64 };
            case 0x60:
                return state with { A = state.Memory[k] };
            case 0x61:
                return state with { X = state.Memory[k] };
            case 0x02:
                state.Memory[k] = state.A;
                return state;
            case 0x03:
                state.Memory[k] = state.X;
                return state;
            case 0x07:
                return state with { X = state.A };
            case 0x87:
                return state with { A = state.X };
            default:
                return (instruction.Code & 7) == 4 ? state with { A = Calculate(instruction.Code & 0xF0, state.A, (instruction.Code & 8) != 0 ? state.X : k) } : null;
        }
    }

    private static uint? Calculate(int operation, uint? left, uint? right)
    {
        if (operation == 0x80)
        {
            return left is { } value ? 0u - value : null;
        }

        // Masked with zero, even an unknown value is known.
        if (operation == 0x50 && (left == 0 || right == 0))
        {
            return 0;
        }

        if (left is not { } a || right is not { } b)
        {
            return null;
        }

        return operation switch
        {
            0x00 => a + b,
            0x10 => a - b,
            0x20 => a * b,
            0x30 => b == 0 ? 0 : a / b,
            0x40 => a | b,
            0x50 => a & b,
            0x60 => b < 32 ? a << (int)b : 0,
            0x70 => b < 32 ? a >> (int)b : 0,
            0xA0 => a ^ b,
            _ => null,
        };
    }

    /// <summary>A word of struct seccomp_data: number, architecture, instruction pointer, six arguments of 64 bits.</summary>
    private uint? Data(uint offset, SystemCallUse call)
    {
        if (offset < 16)
        {
            return offset switch { 0 => (uint)call.Number, 4 => _architecture, _ => null };
        }

        int argument = (int)((offset - 16) / 8);
        return argument < call.Arguments.Length && call.Arguments[argument] is { } value
            ? (uint)(value >> ((offset & 4) != 0 ? 32 : 0))
            : null;
    }

    private static SeccompAnswer Answer(uint? value) => value is not { } answer
        ? new SeccompAnswer(SeccompAction.KillProcess, 0) // computed from what is unknown: anything
        : new SeccompAnswer(
            (answer & 0xFFFF0000) switch
            {
                0x80000000 => SeccompAction.KillProcess,
                0x00000000 => SeccompAction.KillThread,
                0x00030000 => SeccompAction.Trap,
                0x00050000 => SeccompAction.Errno,
                0x7FC00000 => SeccompAction.Notify,
                0x7FF00000 => SeccompAction.Trace,
                0x7FFC0000 => SeccompAction.Log,
                0x7FFF0000 => SeccompAction.Allow,
                _ => SeccompAction.KillProcess, // as the kernel takes what it does not know
            },
            (int)(answer & 0xFFFF));

    private readonly record struct Instruction(ushort Code, byte True, byte False, uint K);

    private sealed record State(int At, uint? A, uint? X, uint?[] Memory);
}
