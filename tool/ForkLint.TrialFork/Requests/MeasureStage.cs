namespace ForkLint.TrialFork;

/// <summary>
/// The stages of a measurement, in the order in which they begin. A tool that is killed at one of them leaves the application as it was: the tests
/// kill the tool at each in turn, so a new stage is tested as soon as it is named here.
/// </summary>
public enum MeasureStage
{
    /// <summary>Reading what the target is.</summary>
    Probe,

    /// <summary>Reading its mappings before anything is done to it.</summary>
    ReadMappings,

    /// <summary>Waiting until this process has forked itself, to learn what a page costs on this host.</summary>
    Calibrate,

    /// <summary>Taking the lock: one measurement per target at a time.</summary>
    TakeLock,

    /// <summary>Asking the runtime who it is: it must answer before anything is loaded.</summary>
    ContactRuntime,

    /// <summary>Making sure that the target can read the shim.</summary>
    PlaceShim,

    /// <summary>Sending the command that loads the shim.</summary>
    ApplyHook,

    /// <summary>The runtime said OK; waiting for the shim's thread.</summary>
    AwaitShim,

    /// <summary>The meeting place's directory exists.</summary>
    MakeMeetingPlace,

    /// <summary>The socket is published.</summary>
    AwaitAgent,

    /// <summary>The shim is connected, the meeting place removed.</summary>
    SendPayload,

    /// <summary>The payload answers.</summary>
    GreetAgent,

    /// <summary>The agent runs each of its steps once.</summary>
    WarmAgent,

    /// <summary>Reading the parent's mappings with the agent warm and idle.</summary>
    ReadParent,

    /// <summary>The window without a fork.</summary>
    ControlStall,

    /// <summary>About to fork.</summary>
    Fork,

    /// <summary>A child lives.</summary>
    ChildAlive,

    /// <summary>Reading the child's mappings.</summary>
    ReadChild,

    /// <summary>About to end the child.</summary>
    EndChild,

    /// <summary>Children that share the memory.</summary>
    Vfork,

    /// <summary>A child is held and its copy-on-write growth observed.</summary>
    Hold,

    /// <summary>The held child's pages are being written.</summary>
    ChildWrites,

    /// <summary>A child is held and its heap read.</summary>
    ReadHeap,

    /// <summary>The application gives free memory back.</summary>
    Release,

    /// <summary>Sending the agent away.</summary>
    DismissAgent,

    /// <summary>The agent is gone; putting the result together.</summary>
    Conclude,

    /// <summary>By ptrace: collecting what an earlier tool left.</summary>
    SweepLeft,

    /// <summary>By ptrace: a thread is stopped, nothing of it is changed.</summary>
    ThreadStopped,

    /// <summary>By ptrace: its registers make a call and lead back through the frame; its signals are not blocked yet.</summary>
    CallSet,

    /// <summary>By ptrace: it made the call and is stopped in it.</summary>
    CallMade,

    /// <summary>By ptrace: it was let go; the child has not run yet.</summary>
    ThreadBack,

    /// <summary>By ptrace: letting the application collect a child.</summary>
    Reap,

    /// <summary>By ptrace: all threads are stopped, and their registers are read.</summary>
    AllStopped,

    /// <summary>A frozen copy is held, and its memory is written to a file.</summary>
    WriteCopy,
}

/// <summary>Follows a measurement. Calls come on the measuring thread; an exception ends the measurement in good order.</summary>
public interface IMeasureObserver
{
    /// <summary>A stage begins.</summary>
    public void Entered(MeasureStage stage);

    /// <summary>Something worth a line of progress, such as "trial 3 of 20".</summary>
    public void Progress(string what);
}
