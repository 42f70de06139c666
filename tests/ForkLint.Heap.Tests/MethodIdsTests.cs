using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ForkLint.Heap.Naming;

namespace ForkLint.Heap.Tests;

/// <summary>Methods of this very assembly, as the compiler made them and as the source has them.</summary>
public sealed class MethodIdsTests
{
    private const string Here = "M:ForkLint.Heap.Tests.MethodIdsTests";

    [Theory]
    [InlineData("Plain", Here + ".Plain")]
    [InlineData("Generic", Here + ".Generic")]
    [InlineData(".ctor", Here + ".#ctor")]
    [InlineData("System.IDisposable.Dispose", Here + ".System#IDisposable#Dispose")]
    [InlineData("get_Property", Here + ".get_Property")]
    public void AMethodOfTheSourceHasItsOwnId(string name, string id) => Assert.Contains(id, Of(typeof(Subject), name).Select(static found => found.Replace(".Subject", "", StringComparison.Ordinal)));

    [Theory]
    [InlineData("RunAsync", "<RunAsync>d__", "MoveNext")]
    [InlineData("Iterate", "<Iterate>d__", "MoveNext")]
    [InlineData("Lambda", "<>c", "<Lambda>b__")]
    [InlineData("Closure", "<>c__DisplayClass", "<Closure>b__")]
    [InlineData("Outer", "Subject", "<Outer>g__Inner")]
    [InlineData("AsyncLambda", "<<AsyncLambda>b__", "MoveNext")]
    public void WhatTheCompilerMadeOfAMethodHasTheIdOfTheMethod(string method, string type, string name)
    {
        var made = typeof(Subject).GetNestedTypes(BindingFlags.NonPublic).SelectMany(static nested => nested.GetNestedTypes(BindingFlags.NonPublic).Prepend(nested)).Append(typeof(Subject))
            .Where(candidate => candidate.Name.StartsWith(type, StringComparison.Ordinal))
            .SelectMany(candidate => Of(candidate, name)).ToList();
        Assert.Contains($"{Here}.Subject.{method}", made);
    }

    [Fact]
    public void WhatIsNoMethodHasNone()
    {
        using var file = new PEReader(File.OpenRead(typeof(MethodIdsTests).Assembly.Location));
        Assert.Null(MethodIds.Of(file.GetMetadataReader(), 0x02000001));
        Assert.Null(MethodIds.Of(file.GetMetadataReader(), 0));
        Assert.Null(MethodIds.Of(file.GetMetadataReader(), 0x06FFFFFF));
    }

    private static List<string> Of(Type type, string name)
    {
        using var file = new PEReader(File.OpenRead(typeof(MethodIdsTests).Assembly.Location));
        var reader = file.GetMetadataReader();
        return
        [
            .. type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .OfType<MethodBase>().Where(method => method.Name.StartsWith(name, StringComparison.Ordinal))
                .Select(method => MethodIds.Of(reader, method.MetadataToken)!),
        ];
    }

    private sealed class Subject : IDisposable
    {
        public int Property { get; set; }

        public static int Plain(int value) => value;

        public static T Generic<T>(T value) => value;

        public static async Task<int> RunAsync(int value)
        {
            await Task.Yield();
            return value;
        }

        public static IEnumerable<int> Iterate(int value)
        {
            yield return value;
        }

        public static Func<int, int> Lambda() => static value => value + 1;

        public static Func<int> Closure(int value) => () => value + 1;

        public static Func<Task<int>> AsyncLambda(int value) => async () =>
        {
            await Task.Yield();
            return value;
        };

        public static int Outer(int value)
        {
            return Inner(value);

            static int Inner(int inner) => inner + 1;
        }

        void IDisposable.Dispose()
        {
        }
    }
}
