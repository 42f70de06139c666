using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static ForkLint.Analyzers.Evaluation.PassedArguments;

namespace ForkLint.Analyzers.Evaluation;

/// <summary>Waiting: for which process, through any variable, reader or helper.</summary>
internal sealed class WaitEvaluator(Evaluators all) : Evaluator(all)
{
    // Hangs a process on the reader of what it writes.
    private const string Writer = "writer";

    // Processes of callers that this body starts.
    private HashSet<InitialObject>? _started;

    /// <summary>Remembers what a spawn was called on: <c>process.Start()</c>.</summary>
    public void Started(ObjectSet receiver)
    {
        foreach (var process in receiver.Items.OfType<InitialObject>())
        {
            (_started ??= []).Add(process);
        }
    }

    /// <summary>The reader of what a process writes.</summary>
    public ObjectSet OutputOf(IPropertyReferenceOperation property, ObjectSet process)
    {
        if (Model.Container(property, Writer, property.Type) is not { } reader)
        {
            return default;
        }

        Body.Write(Model.Heap(reader, Writer), process);
        return ObjectSet.Of(reader);
    }

    /// <summary>A call may wait for a process, or for all that it writes.</summary>
    public void WaitFor(IInvocationOperation call, ObjectSet receiver, PassedArgument[] arguments)
    {
        if (IsWaitedForHere(call) is var here and not false)
        {
            WaitFor(WaitCatalog.Classify(call), call.Instance is not null ? receiver : AllOf(default, arguments), isCallers: here is null);
        }
    }

    /// <summary>Reading a property may wait, in a loop: <c>HasExited</c>.</summary>
    public void WaitFor(IPropertyReferenceOperation property, ObjectSet owner) => WaitFor(WaitCatalog.Classify(property), owner, isCallers: false);

    /// <summary>
    /// Whether the method waits for what a call waits for: not where the call makes a task that nothing awaits, or that a field keeps;
    /// <see langword="null"/> where the task is returned, for the caller to wait.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="atOnce">Whether the waiting stands around the call.</param>
    public bool? IsWaitedForHere(IOperation call, bool atOnce = false)
    {
        while (call.Type?.Name is "Task" or "ValueTask")
        {
            switch (call.Parent is IArgumentOperation argument ? argument.Parent : call.Parent)
            {
                case IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation or IMemberReferenceOperation }:
                case IInvocationOperation { Type.SpecialType: SpecialType.System_Void, TargetMethod.IsExtensionMethod: true }:
                    return false;
                case (IInvocationOperation or IConversionOperation or IObjectCreationOperation) and var outer:
                    call = outer;
                    break;
                case var outer:
                    var returned = call.Syntax.Ancestors().FirstOrDefault(static syntax => syntax is not (ConditionalExpressionSyntax or SwitchExpressionArmSyntax or SwitchExpressionSyntax or ParenthesizedExpressionSyntax));
                    return Method is { IsAsync: false } && returned is ReturnStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax ? null
                        : !atOnce || outer is IAwaitOperation or IPropertyReferenceOperation;
            }
        }

        return call is not IInvocationOperation { TargetMethod: var method } || !((method.IsAsync && method.ReturnsVoid) || LibraryModel.StartsAndReturns(method));
    }

    private void WaitFor(WaitKind kind, ObjectSet awaited, bool isCallers)
    {
        switch (kind)
        {
            case WaitKind.Process:
                WaitForProcess(awaited, isCallers);
                break;
            case WaitKind.Output:
                WaitForOutput(awaited, isCallers);
                break;
            case WaitKind.Any:
                Lifetimes.Wait();
                break;
        }
    }

    /// <summary>Waits for what a method of the compilation waits for on its caller's behalf.</summary>
    public void WaitFor(MethodSummary summary, CallMapping mapping)
    {
        var here = IsWaitedForHere(mapping.Operation);
        if (here == false)
        {
            return;
        }

        if (summary.Waits)
        {
            Lifetimes.Wait(isCallers: here is null);
        }

        foreach (var item in mapping.Map(summary.WaitsFor))
        {
            WaitFor(item.Find(Writer) is not null ? WaitKind.Output : WaitKind.Process, ObjectSet.Of(item), isCallers: here is null);
        }
    }

    /// <summary>A process that a caller handed in is the caller's to know; one that other code started is not a child.</summary>
    private void WaitForProcess(ObjectSet processes, bool isCallers)
    {
        var isChild = processes.IsEmpty;
        foreach (var item in processes)
        {
            if (item is InitialObject process)
            {
                if (_started?.Contains(process) == true)
                {
                    isChild = true;
                }
                else
                {
                    Facts?.WaitsFor.Add(process);
                }
            }
            else
            {
                isChild |= !(item is ContainerObject { Site: IInvocationOperation { TargetMethod: var method } } && WaitCatalog.FindsProcesses(method));
            }
        }

        if (isChild)
        {
            Lifetimes.Wait(isCallers);
        }
    }

    private void WaitForOutput(ObjectSet readers, bool isCallers)
    {
        foreach (var reader in State.Closure(readers))
        {
            if (reader.Find(Writer) is { } writer)
            {
                WaitForProcess(State.Read(writer), isCallers);
            }
            else if (reader is InitialObject initial)
            {
                Facts?.WaitsFor.Add(initial);
            }
        }
    }
}
