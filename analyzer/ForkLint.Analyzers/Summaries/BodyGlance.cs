using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Notes of each operation of a body what it calls, stores, releases, spawns and may allocate. Every body of a compilation is
/// looked at, so this decides by kinds and names, and leaves what costs more for the few bodies that matter.
/// </summary>
internal sealed class BodyGlance(MemberBody body, SpawnCatalog spawns, AllocationCatalog allocations, IAssemblySymbol assembly)
{
    /// <summary>Looks at one operation.</summary>
    public void At(IOperation operation)
    {
        switch (operation.Kind)
        {
            case OperationKind.Invocation:
                Invoked((IInvocationOperation)operation);
                break;
            case OperationKind.ObjectCreation:
                Created((IObjectCreationOperation)operation);
                break;
            case OperationKind.ArrayElementReference:
                Element((IArrayElementReferenceOperation)operation);
                break;
            case OperationKind.ArrayCreation:
                body.AddAllocating(operation);
                break;
            case OperationKind.PropertyReference:
                Property((IPropertyReferenceOperation)operation);
                break;
            case OperationKind.FieldReference:
                var field = (IFieldReferenceOperation)operation;
                Store(field, field.Field);
                break;
            case OperationKind.TypeParameterObjectCreation:
                body.SetEffects();
                break;
            case OperationKind.MethodReference:
                Named((IMethodReferenceOperation)operation);
                break;
            case OperationKind.ParameterReference:
                Parameter(((IParameterReferenceOperation)operation).Parameter);
                break;
            case OperationKind.FieldInitializer or OperationKind.PropertyInitializer:
                foreach (var initialized in (operation as IFieldInitializerOperation)?.InitializedFields.CastArray<ISymbol>() ?? ((IPropertyInitializerOperation)operation).InitializedProperties.CastArray<ISymbol>())
                {
                    body.AddStored(initialized);
                }

                break;
            case OperationKind.DeconstructionAssignment:
                var deconstruction = (IDeconstructionAssignmentOperation)operation;
                var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
                Call(ImplicitCalls.DeconstructMethod(deconstruction.Value.Type, target is ITupleOperation parts ? parts.Elements.Length : 0), operation);
                break;
            case OperationKind.Loop or OperationKind.Using or OperationKind.UsingDeclaration or OperationKind.Await or OperationKind.Binary or OperationKind.Unary
                or OperationKind.Conversion or OperationKind.Increment or OperationKind.Decrement or OperationKind.CompoundAssignment or OperationKind.RecursivePattern or OperationKind.ListPattern or OperationKind.EventAssignment
                or OperationKind.With or OperationKind.Interpolation or OperationKind.ImplicitIndexerReference:
                foreach (var method in ImplicitCalls.Of(operation))
                {
                    Call(method, operation);
                }

                break;
            case OperationKind.Literal or OperationKind.LocalReference or OperationKind.InstanceReference or OperationKind.Argument
                or OperationKind.Block or OperationKind.ExpressionStatement or OperationKind.Return or OperationKind.SimpleAssignment
                or OperationKind.VariableDeclarationGroup or OperationKind.VariableDeclaration or OperationKind.VariableDeclarator
                or OperationKind.VariableInitializer or OperationKind.Conditional or OperationKind.MethodBody
                or OperationKind.AnonymousFunction or OperationKind.DelegateCreation or OperationKind.Coalesce or OperationKind.ConditionalAccess
                or OperationKind.ConditionalAccessInstance or OperationKind.InterpolatedString
                or OperationKind.InterpolatedStringText or OperationKind.IsPattern or OperationKind.ConstantPattern or OperationKind.Throw:
                break;
            default:
                Expression(operation);
                break;
        }
    }

    private void Invoked(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (spawns.IsSpawn(method))
        {
            body.AddSpawn(call);
        }

        if (!body.HasEffects && (ReleaseCatalog.Classify(call, out _) != ReleaseKind.None || WaitCatalog.Classify(call) != WaitKind.None || ImplicitCalls.Activated(method) is not null))
        {
            body.SetEffects();
        }

        Call(method, call);
        if (allocations.MayAllocate(method))
        {
            body.AddAllocating(call);
        }

        if (call.Instance is IMemberReferenceOperation { Kind: OperationKind.FieldReference or OperationKind.PropertyReference } holder
            && (LibraryModel.AddsElement(method) || LibraryModel.MayAddElement(method) || IsOwn(method)))
        {
            body.AddChanged(holder.Member.OriginalDefinition);
        }
    }

    private void Created(IObjectCreationOperation creation)
    {
        if (creation.Constructor is not { } constructor)
        {
            return;
        }

        UserSpawn(creation);
        Call(constructor, creation);
        if (allocations.MayConstruct(constructor))
        {
            body.AddAllocating(creation);
        }
    }

    private void Property(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        UserSpawn(reference);
        Store(reference, property);
        if (!body.HasEffects && WaitCatalog.Classify(reference) != WaitKind.None)
        {
            body.SetEffects();
        }

        if (IsOwn(property))
        {
            Call(property.GetMethod, reference);
            Call(property.SetMethod, reference);
        }

        if (allocations.MayRead(property))
        {
            body.AddAllocating(reference);
        }
    }

    private void Named(IMethodReferenceOperation reference)
    {
        if (spawns.IsSpawn(reference.Method))
        {
            body.AddSpawn(reference);
        }

        Call(reference.Method, reference);
        body.AddNamed(ExtensionBlocks.Member(reference.Method.ReducedFrom ?? reference.Method).OriginalDefinition);
    }

    private void Parameter(IParameterSymbol parameter)
    {
        if (body.Member is IMethodSymbol
            && parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } owner
            && !SymbolEqualityComparer.Default.Equals(owner, body.Member))
        {
            body.AddCaptured(parameter);
        }
    }

    private void Element(IArrayElementReferenceOperation element)
    {
        if (element.Parent is IAssignmentOperation assignment
            && ReferenceEquals(assignment.Target, element)
            && element.ArrayReference is IMemberReferenceOperation { Kind: OperationKind.FieldReference or OperationKind.PropertyReference } holder)
        {
            body.AddChanged(holder.Member.OriginalDefinition);
        }
    }

    // [a, b, c]: the operation has no interface in the oldest compiler we run in.
    private void Expression(IOperation operation)
    {
        if (operation.Syntax.RawKind == (int)SyntaxKind.CollectionExpression)
        {
            body.AddAllocating(operation);
            Call(ImplicitCalls.AddElement(operation.Type), operation);
            Call(ImplicitCalls.Builder(operation.Type), operation);
            foreach (var method in operation.ChildOperations.Where(static child => child.Syntax is SpreadElementSyntax).SelectMany(static child => child.ChildOperations.Take(1)).SelectMany(static spread => ImplicitCalls.Walk(spread.Type, isAsync: false)))
            {
                Call(method, operation);
            }
        }
        else if (operation.Kind == OperationKind.None && operation.Syntax.Parent is EqualsValueClauseSyntax && operation.ChildOperations.Count == 1)
        {
            // fixed (byte* p = owner)
            Call(ImplicitCalls.Pinned(operation.ChildOperations.First()), operation);
        }
    }

    private void UserSpawn(IOperation operation)
    {
        if (spawns.UserApis.HasSpawns && spawns.Classify(operation) is not null)
        {
            body.AddSpawn(operation);
        }
    }

    private void Store(IOperation reference, ISymbol member)
    {
        var isStored = reference.Parent switch
        {
            IAssignmentOperation assignment => ReferenceEquals(assignment.Target, reference) || assignment is ISimpleAssignmentOperation { IsRef: true },
            IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.RefKind: not RefKind.None } } => true,
            ITupleOperation or IAddressOfOperation => true,

            // A member of a struct is stored in the struct: "_pair.Data = …".
            IMemberReferenceOperation { Parent: IAssignmentOperation outer } part => ReferenceEquals(outer.Target, part),
            _ => false,
        };
        if (isStored)
        {
            body.AddStored(member.OriginalDefinition);

            // "Hub.Inner.Data = …" hangs something on the field Hub.
            for (var holder = (reference as IMemberReferenceOperation)?.Instance as IMemberReferenceOperation; holder is not null; holder = holder.Instance as IMemberReferenceOperation)
            {
                body.AddChanged(holder.Member.OriginalDefinition);
            }
        }
    }

    private void Call(IMethodSymbol? method, IOperation call)
    {
        // What a library declares without a body, a class of the compilation may override.
        if (method is not null && (IsOwn(method) || method is { IsAbstract: true, ContainingType.TypeKind: TypeKind.Class }))
        {
            body.AddCall(ExtensionBlocks.Member(method.ReducedFrom ?? method).OriginalDefinition, call);
        }

        // Where "new T()" is possible, the callee may make an object of its type argument.
        foreach (var made in method is { IsGenericMethod: true } or { ContainingType.IsGenericType: true } ? ImplicitCalls.Made(method) : [])
        {
            Call(made, call);
        }
    }

    /// <summary>Whether a member, or its type, is written in C# that is here to be read.</summary>
    private bool IsOwn(ISymbol member) =>
        ReferenceEquals(member.ContainingAssembly, assembly)
        || !member.DeclaringSyntaxReferences.IsEmpty
        || member.ContainingType is { DeclaringSyntaxReferences.IsEmpty: false };
}
