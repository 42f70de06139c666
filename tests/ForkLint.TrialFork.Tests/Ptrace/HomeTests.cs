using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests.Ptrace;

/// <summary>A thread that got home before it was asked to stop has gone on: its old registers would lead into frames that are no more.</summary>
public sealed class HomeTests
{
    private const ulong ShareDescriptors = 0x400; // CLONE_FILES
    private const int LateMicroseconds = 50_000;
    private static readonly int Kept = Libc.IsArm64 ? 19 : 5; // a register that functions keep: x19, rbx

    [Fact]
    public void A_tracer_that_is_late_leaves_the_thread_what_it_has() => OnForkingThread(static thread =>
    {
        // The program waits for 5 ms at a time: it has come to another wait since.
        Assert.True(thread.RunFor(LateMicroseconds).IsAsked);
        ulong[] now = TraceRequests.Registers(thread.Id, Machine.Current.RegisterCount)!;
        ulong[] marked = (ulong[])now.Clone();
        marked[Kept]++;
        Assert.True(TraceRequests.SetRegisters(thread.Id, marked));

        bool isBack = thread.Restore();
        ulong[] after = TraceRequests.Registers(thread.Id, Machine.Current.RegisterCount)!;
        Assert.True(TraceRequests.SetRegisters(thread.Id, now));
        Assert.True(isBack);
        Assert.Equal(marked, after);
    });

    [Fact]
    public void Asked_before_it_is_let_go_it_runs_no_instruction() => OnForkingThread(static thread =>
    {
        Assert.True(thread.FinishCall());
        Assert.False(thread.IsHome());
        Assert.True(thread.Restore());
        Assert.Equal(thread.Registers, TraceRequests.Registers(thread.Id, Machine.Current.RegisterCount));
    });

    [Fact]
    public void Given_up_in_the_middle_of_the_call_it_does_not_take_the_calls_result_for_its_own() => OnForkingThread(static _ => { });

    /// <summary>Runs something on a thread that is stopped where it has just made a child.</summary>
    private static void OnForkingThread(Action<StoppedThread> body)
    {
        using var program = CProgram.Start("1 select");
        var files = new ProcessFiles(program.Pid);
        var machine = Machine.Current;
        using var memory = new Descriptor(Libc.OpenAt(Libc.CurrentDirectory, files.PathOf("mem"), Libc.ReadWrite | Libc.CloseOnExec, 0));
        var gadgets = CodeSearch.Find(machine, files.CoarseMaps().Value, memory)!.Value;
        using (var tracer = new TracerThread())
        {
            bool isDone = false;
            for (int attempt = 0; attempt < 200 && !isDone; attempt++)
            {
                isDone = tracer.Run(() =>
                {
                    var found = ThreadChoice.Find(files, startedByUs: true, InjectionPlan.MostBytes(machine), out _);
                    using var thread = found.Count == 0 ? null : StoppedThread.Stop(files, found[0]);
                    if (thread is null)
                    {
                        return false;
                    }

                    var plan = InjectionPlan.Make(machine, gadgets, thread, CreatedTask.Process, 0);
                    ulong[] calling = machine.Calling(thread.Registers, gadgets, plan.ThreadFrame, machine.Calls.Create, ShareDescriptors, plan.CreatedFrame);
                    Assert.True(thread.Begin(memory, gadgets, plan, calling, static _ => { }));
                    Assert.True(thread.RunUntil(TraceStop.CloneEvent, machine.Calls.Create, TimeSpan.FromSeconds(10)).HasEvent);
                    body(thread);
                    return true;
                });
                Thread.Sleep(1);
            }

            Assert.True(isDone);
        }

        var (_, errors, wrong) = program.Look();
        Assert.Equal((0, 0), (errors, wrong));
        Assert.False(program.HasExited);
    }
}
