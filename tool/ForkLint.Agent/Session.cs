using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace ForkLint.Agent;

/// <summary>One connection: answers requests in order, and ends the child whatever happens.</summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A failed request is answered, not thrown into the application.")]
internal sealed unsafe class Session : IDisposable
{
    private readonly NativeFunctions _libc;
    private readonly AgentMemory _memory;
    private readonly Channel _channel;
    private readonly ParentLife _life;
    private readonly ChildProcess _child;
    private readonly int _socket;
    private StallWatcher? _watcher;
    private int _childDescriptor = -1;
    private int _childMemory = -1;
    private bool _isOver;

    public Session(int socket)
    {
        _socket = socket;
        _libc = new NativeFunctions();
        _memory = new AgentMemory(_libc);
        _channel = new Channel(_libc, _memory, socket);
        try
        {
            _life = new ParentLife(_libc);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }

        _child = new ChildProcess(_libc, _memory, _life);
    }

    /// <summary>Returns when the tool said goodbye, is gone, or something failed that ends the session.</summary>
    public void Serve()
    {
        while (!_isOver && _channel.Receive(_childDescriptor, _child))
        {
            var reply = _channel.BeginReply();
            try
            {
                Answer(_memory.Request, reply);
            }
            catch (Exception failure)
            {
                EndChild();
                reply->Status = AgentStatus.Failed;
                _channel.SetText($"{failure.GetType().Name}: {failure.Message}");
            }

            if (!_channel.Send(_childDescriptor, _childMemory))
            {
                return;
            }
        }
    }

    /// <summary>Ends the child, the watcher and the mapping.</summary>
    public void Dispose()
    {
        EndChild();
        _watcher?.Dispose();
        _life.Dispose();
        _memory.Dispose();
    }

    private void Answer(AgentRequest* request, AgentReply* reply)
    {
        switch (request->Operation)
        {
            case AgentOperation.Hello:
                FailIf(request, AgentFault.ThrowAtHello);
                reply->Value = GCSettings.IsServerGC ? 1 : 0;
                _channel.SetText(Environment.Version.ToString());
                break;
            case AgentOperation.Warm:
                Warm(request, reply);
                break;
            case AgentOperation.Control:
                Control(request, reply);
                break;
            case AgentOperation.Fork:
                Fork(request, reply, sharesMemory: false);
                break;
            case AgentOperation.Vfork:
                FailIf(request, AgentFault.ThrowAtVfork);
                Vfork(reply);
                break;
            case AgentOperation.EndChild:
                FailIf(request, AgentFault.ThrowAtEndChild);
                EndChild();
                break;
            case AgentOperation.Release:
                FailIf(request, AgentFault.ThrowAtRelease);
                ReleaseMemory(reply);
                break;
            case AgentOperation.Goodbye:
                _isOver = true;
                FailIf(request, AgentFault.ThrowAtGoodbye);
                break;
            default:
                throw new NotSupportedException(((int)request->Operation).ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Every step of every trial once, the child sharing the memory: afterwards nothing is compiled, bound or allocated.</summary>
    private void Warm(AgentRequest* request, AgentReply* reply)
    {
        FailIf(request, AgentFault.ThrowAtWarm);
        _watcher ??= new StallWatcher(_libc, _memory);

        // The very methods of the trials: their first call compiles them and binds what they call, and with W^X switched off even that is
        // charged. A child that shares the memory takes every step that a lasting one takes.
        // Injected faults wait for the real ones.
        request->Fault = AgentFault.None;
        request->Options = ForkOptions.Watch | ForkOptions.SendMemory;
        request->Argument = 100_000;
        for (int round = 0; round < 2; round++)
        {
            Control(request, reply);
            Fork(request, reply, sharesMemory: true);
            EndChild();
            Vfork(reply);
        }

        _child.Warm();
        EndChild();
    }

    private void Control(AgentRequest* request, AgentReply* reply)
    {
        _watcher!.Begin();
        try
        {
            FailIf(request, AgentFault.ThrowAtControl);
            Pause(request->Argument);
        }
        finally
        {
            reply->StallNanoseconds = _watcher.EndNanoseconds();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fork(AgentRequest* request, AgentReply* reply, bool sharesMemory)
    {
        EndChild();
        long seconds = Math.Clamp(request->Argument, 1, AgentProtocol.LongestHoldSeconds);
        bool isWatched = (request->Options & ForkOptions.Watch) != 0 && _watcher != null;
        if (isWatched)
        {
            _watcher!.Begin();
        }

        try
        {
            reply->Error = _child.Fork(sharesMemory, seconds, request->Fault, out reply->LatencyNanoseconds);
        }
        finally
        {
            if (isWatched)
            {
                reply->StallNanoseconds = _watcher!.EndNanoseconds();
            }
        }

        if (reply->Error != 0)
        {
            reply->Status = AgentStatus.ForkRefused;
            return;
        }

        FailAfterFork(request);
        _childDescriptor = request->Fault == AgentFault.FailPidDescriptor ? -1 : _child.OpenPidDescriptor();
        if (_childDescriptor < 0)
        {
            throw new InvalidOperationException("the child's pidfd could not be opened");
        }

        if ((request->Options & ForkOptions.SendMemory) != 0)
        {
            _childMemory = _child.OpenMemory();
        }

        reply->ChildPid = _child.Pid;
    }

    private void Vfork(AgentReply* reply)
    {
        int error = _child.Fork(sharesMemory: true, 0, AgentFault.None, out reply->LatencyNanoseconds);
        reply->Error = error;
        reply->Status = error == 0 ? AgentStatus.Done : AgentStatus.ForkRefused;
        _child.Reap();
    }

    /// <summary>What makes a managed application give memory back at once (.NET 7 and later), and glibc its free heap.</summary>
    private void ReleaseMemory(AgentReply* reply)
    {
        var before = GC.GetTotalPauseDuration();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        reply->Value = (long)(GC.GetTotalPauseDuration() - before).TotalMicroseconds;
        if (_libc.TrimHeap != null)
        {
            _ = _libc.TrimHeap(0);
        }
    }

    private void EndChild()
    {
        CloseDescriptor(_childMemory);
        _childMemory = -1;
        _child.End();
        CloseDescriptor(_childDescriptor);
        _childDescriptor = -1;
    }

    private void CloseDescriptor(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = _libc.Close(descriptor);
        }
    }

    private void Pause(long nanoseconds)
    {
        _memory.Scratch->Pause = new KernelTime { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        _ = _libc.Sleep(&_memory.Scratch->Pause, null);
    }

    private void FailAfterFork(AgentRequest* request)
    {
        FailIf(request, AgentFault.ThrowAfterFork);
        if (request->Fault == AgentFault.DropConnectionAfterFork)
        {
            _isOver = true;
            _ = _libc.Shutdown(_socket, 2);
        }
        else if (request->Fault == AgentFault.HangAfterFork)
        {
            _channel.WaitForGoodbye();
        }
    }

    private static void FailIf(AgentRequest* request, AgentFault fault)
    {
        if (request->Fault == fault)
        {
            throw new InvalidOperationException($"injected: {fault}");
        }
    }
}
