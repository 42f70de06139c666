// What a call does depends on the type of an object that it is given: visitors, strategies, and objects that keep one.
namespace Visitors;
static class Git { public static void Gc() { using var process = Process.Start("git", "gc"); process.WaitForExit(); } }
interface IVisitor { void Visit(Leaf leaf); void Visit(Branch branch); }
abstract class Node { public abstract void Accept(IVisitor visitor); }
sealed class Leaf : Node { public int Size = 1; public override void Accept(IVisitor visitor) => visitor.Visit(this); }
sealed class Branch : Node { public List<Node> Children = []; public override void Accept(IVisitor visitor) => visitor.Visit(this); }
sealed class Sizer : IVisitor { public long Total; public void Visit(Leaf leaf) => Total += leaf.Size; public void Visit(Branch branch) { foreach (var child in branch.Children) { child.Accept(this); } } }
sealed class Runner : IVisitor { public void Visit(Leaf leaf) => Git.Gc(); public void Visit(Branch branch) { foreach (var child in branch.Children) { child.Accept(this); } } }
class Forker : IVisitor { public virtual void Visit(Leaf leaf) => fork(); public virtual void Visit(Branch branch) { foreach (var child in branch.Children) { child.Accept(this); } } }
class Silent : Forker { public override void Visit(Leaf leaf) { } }
static class Interface
{
    static void A1(Node node) { var big = new byte[100_000_000]; node.Accept(new Sizer()); Use(big); }
    static void A2(Node node) { var big = new byte[100_000_000]; node.Accept(new Runner()); Use(big); } // WANT FORK003
    static void A3(Node node) { var big = new byte[100_000_000]; node.Accept(new Forker()); Use(big); } // WANT FORK001
    static void A4(Node node) { var big = new byte[100_000_000]; node.Accept(new Silent()); Use(big); }
    static void A5(Node node, IVisitor visitor) { var big = new byte[100_000_000]; node.Accept(visitor); Use(big); } // WANT FORK001
    static void A6(Node node) { var sizer = new Sizer(); var big = new byte[100_000_000]; node.Accept(sizer); Use(big); Use(sizer.Total); }
    static void A7(Node node) { IVisitor runner = new Runner(); var big = new byte[100_000_000]; node.Accept(runner); Use(big); } // WANT FORK003
    static void A8(Node node, bool dry) { IVisitor either = dry ? new Sizer() : new Runner(); var big = new byte[100_000_000]; node.Accept(either); Use(big); } // WANT FORK003
    static void A9(Node node, bool dry) { IVisitor either = dry ? new Sizer() : new Silent(); var big = new byte[100_000_000]; node.Accept(either); Use(big); }
    static void A10(Node node, Sizer sizer) { var big = new byte[100_000_000]; node.Accept(sizer); Use(big); }
    static void A11(Leaf leaf) { var big = new byte[100_000_000]; leaf.Accept(new Sizer()); Use(big); }
    static void A12(Leaf leaf) { var big = new byte[100_000_000]; leaf.Accept(new Forker()); Use(big); } // WANT FORK001
    static void A13(Node node, Forker visitor) { var big = new byte[100_000_000]; node.Accept(visitor); Use(big); } // WANT FORK001
    static void A14(Node node, Silent visitor) { var big = new byte[100_000_000]; node.Accept(visitor); Use(big); }
    static void A15(Node node, IVisitor? visitor) { visitor ??= new Sizer(); var big = new byte[100_000_000]; node.Accept(visitor); Use(big); } // WANT FORK001
    static void A16(Node node) { var big = new byte[100_000_000]; Use(big); Walk(node, new Sizer()); }
    static void A17(Node node) { var big = new byte[100_000_000]; Use(big); Walk(node, new Runner()); } // WANT FORK004
    static void Walk(Node node, IVisitor visitor) { Use(node); Deeper(node, visitor); }
    static void Deeper(Node node, IVisitor visitor) => node.Accept(visitor);
    static void A18(Node node) { var big = new byte[100_000_000]; Generic(node, new Sizer()); Use(big); }
    static void A19(Node node) { var big = new byte[100_000_000]; Generic(node, new Runner()); Use(big); } // WANT FORK003
    static void Generic<T>(Node node, T visitor) where T : IVisitor => visitor.Visit((Branch)node);
    static void A20(List<Node> nodes) { var big = new byte[100_000_000]; var sizer = new Sizer(); nodes.ForEach(node => node.Accept(sizer)); Use(big); }
    static void A21(List<Node> nodes) { var big = new byte[100_000_000]; var runner = new Runner(); nodes.ForEach(node => node.Accept(runner)); Use(big); } // WANT FORK003
}
interface IVisitor<T> { T Visit(Number number); T Visit(Sum sum); }
interface IExpression { T Accept<T>(IVisitor<T> visitor); }
sealed record Number(int Value) : IExpression { public T Accept<T>(IVisitor<T> visitor) => visitor.Visit(this); }
sealed record Sum(IExpression Left, IExpression Right) : IExpression { public T Accept<T>(IVisitor<T> visitor) => visitor.Visit(this); }
sealed class Evaluation : IVisitor<int> { public int Visit(Number number) => number.Value; public int Visit(Sum sum) => sum.Left.Accept(this) + sum.Right.Accept(this); }
sealed class ByBc : IVisitor<int> { public int Visit(Number number) { Git.Gc(); return number.Value; } public int Visit(Sum sum) => sum.Left.Accept(this) + sum.Right.Accept(this); }
sealed class Text : IVisitor<string> { public string Visit(Number number) => "" + number.Value; public string Visit(Sum sum) => sum.Left.Accept(this) + "+" + sum.Right.Accept(this); }
static class Generics
{
    static void B1(IExpression tree) { var big = new byte[100_000_000]; Use(tree.Accept(new Evaluation())); Use(big); }
    static void B2(IExpression tree) { var big = new byte[100_000_000]; Use(tree.Accept(new ByBc())); Use(big); } // WANT FORK003
    static void B3(IExpression tree) { var big = new byte[100_000_000]; Use(tree.Accept(new Text())); Use(big); }
    static void B4(IExpression tree, IVisitor<int> visitor) { var big = new byte[100_000_000]; Use(tree.Accept(visitor)); Use(big); } // WANT FORK003
    static void B5() { var big = new byte[100_000_000]; Use(new Sum(new Number(1), new Number(2)).Accept(new Evaluation())); Use(big); }
    static void B6() { var big = new byte[100_000_000]; Use(new Sum(new Number(1), new Number(2)).Accept(new ByBc())); Use(big); } // WANT FORK003
}
abstract class Syntax { public abstract void Accept(SyntaxWalker walker); }
sealed class Word : Syntax { public override void Accept(SyntaxWalker walker) => walker.VisitWord(this); }
sealed class Line : Syntax { public Syntax[] Parts = []; public override void Accept(SyntaxWalker walker) => walker.VisitLine(this); }
abstract class SyntaxWalker { public virtual void VisitWord(Word word) { } public virtual void VisitLine(Line line) { foreach (var part in line.Parts) { Visit(part); } } public void Visit(Syntax syntax) => syntax.Accept(this); }
sealed class Counter : SyntaxWalker { public int Words; public override void VisitWord(Word word) => Words++; }
sealed class Shell : SyntaxWalker { public override void VisitLine(Line line) { base.VisitLine(line); Git.Gc(); } }
static class Classic
{
    static void C1(Syntax syntax) { var big = new byte[100_000_000]; new Counter().Visit(syntax); Use(big); }
    static void C2(Syntax syntax) { var big = new byte[100_000_000]; new Shell().Visit(syntax); Use(big); } // WANT FORK003
    static void C3(Syntax syntax) { var big = new byte[100_000_000]; syntax.Accept(new Counter()); Use(big); }
    static void C4(Syntax syntax) { var big = new byte[100_000_000]; syntax.Accept(new Shell()); Use(big); } // WANT FORK003
    static void C5(Syntax syntax, SyntaxWalker walker) { var big = new byte[100_000_000]; syntax.Accept(walker); Use(big); } // WANT FORK003
    static void C6(Word word) { var big = new byte[100_000_000]; word.Accept(new Shell()); Use(big); }
}
interface IRunner { int Run(string file); }
sealed class DryRunner : IRunner { public int Run(string file) { Console.WriteLine(file); return 0; } }
sealed class ProcessRunner : IRunner { public int Run(string file) { using var process = Process.Start(file); process.WaitForExit(); return process.ExitCode; } }
sealed class LoggingRunner(IRunner inner) : IRunner { public int Run(string file) { Console.WriteLine(file); return inner.Run(file); } }
sealed class Job { readonly IRunner _runner; public Job(IRunner runner) => _runner = runner; public int Go() => _runner.Run("make"); }
sealed class Step(IRunner runner) { public int Go() => runner.Run("make"); }
static class Strategies
{
    static int Build(IRunner runner) => runner.Run("make");
    static void D1() { var big = new byte[100_000_000]; Build(new DryRunner()); Use(big); }
    static void D2() { var big = new byte[100_000_000]; Build(new ProcessRunner()); Use(big); } // WANT FORK003
    static void D3(IRunner runner) { var big = new byte[100_000_000]; Build(runner); Use(big); } // WANT FORK003
    static void D4() { var big = new byte[100_000_000]; new Job(new DryRunner()).Go(); Use(big); }
    static void D5() { var big = new byte[100_000_000]; new Job(new ProcessRunner()).Go(); Use(big); } // WANT FORK003
    static void D6() { var job = new Step(new DryRunner()); var big = new byte[100_000_000]; job.Go(); Use(big); }
    static void D7() { var job = new Step(new ProcessRunner()); var big = new byte[100_000_000]; job.Go(); Use(big); } // WANT FORK003
    static void D8() { var big = new byte[100_000_000]; Build(new LoggingRunner(new DryRunner())); Use(big); }
    static void D9() { var big = new byte[100_000_000]; Build(new LoggingRunner(new ProcessRunner())); Use(big); } // WANT FORK003
    static void D10(Job job) { var big = new byte[100_000_000]; job.Go(); Use(big); } // WANT FORK003
    static void D11() { var big = new byte[100_000_000]; Local(new DryRunner()); Use(big); int Local(IRunner runner) => runner.Run("make"); }
    static void D12() { var big = new byte[100_000_000]; Local(new ProcessRunner()); Use(big); int Local(IRunner runner) => runner.Run("make"); } // WANT FORK003
    static void D13() { var big = new byte[100_000_000]; foreach (var code in All(new DryRunner())) { Use(code); } Use(big); }
    static void D14() { var big = new byte[100_000_000]; foreach (var code in All(new ProcessRunner())) { Use(code); } Use(big); } // WANT FORK003
    static IEnumerable<int> All(IRunner runner) { foreach (var file in new[] { "a", "b" }) { yield return runner.Run(file); } }
    static async Task D15() { var big = new byte[100_000_000]; await Later(new DryRunner()); Use(big); }
    static async Task D16() { var big = new byte[100_000_000]; await Later(new ProcessRunner()); Use(big); } // WANT FORK003
    static async Task<int> Later(IRunner runner) { await Task.Yield(); return runner.Run("make"); }
    static void D17(bool real) { IRunner runner = new DryRunner(); if (real) { runner = new ProcessRunner(); } var big = new byte[100_000_000]; Build(runner); Use(big); } // WANT FORK003
    static void D18() { var big = new byte[100_000_000]; Build(Make("dry")); Use(big); } // WANT FORK003
    static IRunner Make(string kind) => kind == "dry" ? new DryRunner() : new ProcessRunner();
    static void D19() { var big = new byte[100_000_000]; Build(Dry()); Use(big); }
    static IRunner Dry() => new DryRunner();
    static int Twice(IRunner first, IRunner second) => first.Run("a") + second.Run("b");
    static void D20() { var big = new byte[100_000_000]; Twice(new DryRunner(), new ProcessRunner()); Use(big); } // WANT FORK003
    static void D21() { var big = new byte[100_000_000]; Twice(new DryRunner(), new DryRunner()); Use(big); }
    static void D22(IRunner other) { var big = new byte[100_000_000]; Twice(new DryRunner(), other); Use(big); } // WANT FORK003
    static int Changed(IRunner runner) { runner = new ProcessRunner(); return runner.Run("a"); }
    static void D23() { var big = new byte[100_000_000]; Changed(new DryRunner()); Use(big); } // WANT FORK003
    static int Again(IRunner runner, int depth) => depth == 0 ? runner.Run("a") : Again(runner, depth - 1);
    static void D24() { var big = new byte[100_000_000]; Again(new DryRunner(), 3); Use(big); }
    static void D25() { var big = new byte[100_000_000]; Again(new ProcessRunner(), 3); Use(big); } // WANT FORK003
}
