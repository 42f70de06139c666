// The command line as a program that is compiled ahead of time.
using ForkLint.Tool;
using ForkLint.Tool.Processes;

NativeProgram.Begin();
return Application.Run(args);
