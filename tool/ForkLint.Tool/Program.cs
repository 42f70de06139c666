using System.CommandLine;

var root = new RootCommand("What will the next fork cost this program, and what should it free first?");
return root.Parse(args).Invoke();
