using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Code that does not compile, or that is made to take forever, ends in an answer.</summary>
public class BrokenCodeTests
{
    [Theory]
    [InlineData("struct S { S s; }")]
    [InlineData("struct S { T t; } struct T { S s; }")]
    [InlineData("struct S { G<S> g; } struct G<T> { T t; G<G<T>> more; }")]
    [InlineData("struct S { Missing m; int }")]
    [InlineData("[System.Runtime.CompilerServices.InlineArray(-5)] struct S { byte b; }")]
    [InlineData("[System.Runtime.CompilerServices.InlineArray(int.MaxValue)] struct S { U u; } [System.Runtime.CompilerServices.InlineArray(int.MaxValue)] struct U { long b; }")]
    [InlineData("[System.Runtime.CompilerServices.InlineArray(new int[0])] struct S { byte b; }")]
    [InlineData("unsafe struct S { fixed byte data[-1]; fixed Missing other[5]; fixed long huge[int.MaxValue]; }")]
    [InlineData("[StructLayout(LayoutKind.Explicit, Pack = -3)] struct S { [FieldOffset(-8)] int a; [FieldOffset(new int[1])] int b; }")]
    [InlineData("[StructLayout(missing)] struct S { int a; }")]
    public void A_struct_that_makes_no_sense_has_some_size(string declaration)
    {
        var creation = Creation($"{declaration} class C {{ object M() => new S[10]; }}");
        var size = AllocationCatalog.Create(creation.SemanticModel!.Compilation, []).Classify(creation, SizeEnvironment.Empty)!.Size;
        Assert.True(size.Bytes >= 0);
    }

    [Fact]
    public void Structs_with_more_fields_than_time_end_in_a_lower_bound()
    {
        // Twelve levels of twelve: 12^12 fields.
        var structs = Enumerable.Range(0, 12).Select(level =>
            $"struct L{level} {{ {string.Concat(Enumerable.Range(0, 12).Select(field => $"public {(level == 11 ? "long" : $"L{level + 1}")} F{field};"))} }}");
        var creation = Creation($"{string.Join("\n", structs)} class C {{ object M() => new L0[10]; }}");
        Assert.StartsWith(
            "at least",
            SizeProbe.Describe(AllocationCatalog.Create(creation.SemanticModel!.Compilation, []).Classify(creation, SizeEnvironment.Empty)!.Size),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new byte[missing]")]
    [InlineData("new byte[]")]
    [InlineData("new byte[1, ]")]
    [InlineData("new byte[-1]")]
    [InlineData("new byte[1L << 62, 1L << 62]")]
    [InlineData("new byte[int.MaxValue, int.MaxValue, int.MaxValue]")]
    [InlineData("new byte[1 / 0]")]
    [InlineData("new byte[1 switch { }]")]
    [InlineData("new List<Missing>(5)")]
    [InlineData("new Dictionary<int, int>(int.MaxValue)")]
    [InlineData("new string('x', )")]
    [InlineData("GC.AllocateArray<>(5)")]
    [InlineData("GC.AllocateArray<byte>()")]
    [InlineData("Array.CreateInstance(typeof(Missing), 5)")]
    [InlineData("ArrayPool<byte>.Shared.Rent()")]
    [InlineData("ArrayPool<byte>.Shared.Rent(-5)")]
    [InlineData("Marshal.AllocHGlobal(nint.MinValue)")]
    [InlineData("Marshal.AllocHGlobal()")]
    [InlineData("Math.Max(1)")]
    public void An_expression_that_makes_no_sense_throws_nothing(string expression)
    {
        var compilation = Lint.CSharp($"class C {{ object M() => {expression}; }}").AllowCompileErrors().Compile();
        var tree = compilation.SyntaxTrees.First();
        var model = compilation.GetSemanticModel(tree);
        var catalog = AllocationCatalog.Create(compilation, []);
        foreach (var operation in tree.GetRoot().DescendantNodes().Select(node => model.GetOperation(node)).OfType<IOperation>())
        {
            Assert.True(catalog.Classify(operation, SizeEnvironment.Empty) is null or { Size.Bytes: >= 0 });
        }
    }

    private static IArrayCreationOperation Creation(string code)
    {
        var compilation = Lint.CSharp(code).AllowCompileErrors().Compile();
        var tree = compilation.SyntaxTrees.First();
        var model = compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().Select(node => model.GetOperation(node)).OfType<IArrayCreationOperation>().Last();
    }
}
