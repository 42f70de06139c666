using ForkLint.Tool;
using ForkLint.Tool.Processes;

NativeProgram.Begin();
return Application.Run(args);
