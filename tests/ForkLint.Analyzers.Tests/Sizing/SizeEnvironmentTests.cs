using ForkLint.Verification;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>A helper's size depends on its parameters and type parameters, evaluated at the call.</summary>
public class SizeEnvironmentTests
{
    [Theory]
    [InlineData("Bytes(1000)", "1000")]
    [InlineData("Bytes(2 * Half)", "1000")]
    [InlineData("Bytes(count: 1000)", "1000")]
    [InlineData("Bytes(unknown)", "unknown")]
    [InlineData("Bytes(flag ? 100 : 200)", "at least 100")]
    [InlineData("Defaulted()", "4096")]
    [InlineData("Defaulted(5)", "5")]
    [InlineData("Twice(500)", "1000")]
    [InlineData("Array<long>(10)", "80")]
    [InlineData("Array<N.Pair<byte, long>>(10)", "160")]
    [InlineData("Array<string>(10)", "80")]
    [InlineData("Array<T>(10)", "at least 10")]
    [InlineData("Nested<int>(10)", "80")]
    [InlineData("Box<double>.Make(10)", "80")]
    [InlineData("Box<int>.Inner<short>.Both(10)", "80")]
    [InlineData("Copy(new byte[500])", "500")]
    [InlineData("Copy(given)", "unknown")]
    [InlineData("Copy(\"abcdef\".ToCharArray())", "6")]
    [InlineData("Clamped(unknown)", "at least 64")]
    [InlineData("Reassigned(1000)", "unknown")]
    [InlineData("Raised(1000)", "at least 1000")]
    [InlineData("5.Extended()", "5")]
    public void The_callers_arguments_are_seen_in_the_helper(string call, string expected) => Assert.Equal(expected, SizeInHelper(call));

    private static string SizeInHelper(string call)
    {
        var compilation = Lint.CSharp(
            $$"""
            namespace N { struct Pair<A, B> { public A First; public B Second; } }
            static class Extensions { public static byte[] Extended(this int count) => new byte[count]; }
            class Box<T>
            {
                public static T[] Make(int count) => new T[count];
                public class Inner<U> { public static N.Pair<T, U>[] Both(int count) => Skip(count) ?? new N.Pair<T, U>[count]; static N.Pair<T, U>[]? Skip(int count) => null; }
            }
            class C
            {
                const int Half = 500;
                static byte[] Bytes(int count) => new byte[count];
                static byte[] Defaulted(int count = 4096) => new byte[count];
                static byte[] Twice(int count) { var twice = count * 2; return new byte[twice]; }
                static T[] Array<T>(int count) => new T[count];
                static N.Pair<T, byte>[] Nested<T>(int count) => new N.Pair<T, byte>[count];
                static byte[] Copy(System.Array source) => new byte[source.Length];
                static byte[] Clamped(int count) => new byte[Math.Max(count, 64)];
                static byte[] Reassigned(int count) { count = Environment.TickCount; return new byte[count]; }
                static byte[] Raised(int count) { if (count == 7) { count = 5000; } return new byte[count]; }
                object Caller<T>(int unknown, bool flag, byte[] given) => {{call}};
            }
            """).Compile();
        var caller = Operations.Of<IInvocationOperation>(compilation).First(operation => operation.Syntax.Ancestors()
            .OfType<MethodDeclarationSyntax>().First().Identifier.ValueText == "Caller");
        var callee = caller.TargetMethod;
        var declaration = callee.OriginalDefinition.DeclaringSyntaxReferences.Single().GetSyntax();
        var body = Operations.Of<IArrayCreationOperation>(compilation).First(operation => declaration.Span.Contains(operation.Syntax.Span));

        var environment = SizeEnvironment.ForCall(callee, caller, SizeEnvironment.ForBody(caller), SizeEnvironment.ForBody(body));
        return SizeProbe.Describe(AllocationCatalog.Create(compilation, []).Classify(body, environment)!.Size);
    }
}
