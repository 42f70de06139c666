using ForkLint.LiveTargets;
using k8s;
using k8s.Models;

namespace ForkLint.Fleet.Tests;

/// <summary>The manifest, read by the official client, which refuses what the API does not have.</summary>
public sealed class KubernetesTests
{
    private static readonly string Manifest = File.ReadAllText(Path.Combine(TestApps.Root, "deploy/kubernetes/daemonset.yaml"));

    [Fact]
    public void It_is_a_DaemonSet_with_the_least_that_it_needs()
    {
        var set = Assert.IsType<V1DaemonSet>(Assert.Single(KubernetesYaml.LoadAllFromString(Manifest, strict: true)));
        var pod = set.Spec.Template.Spec;
        Assert.True(set.Spec.Selector.MatchLabels.All(label => set.Spec.Template.Metadata.Labels[label.Key] == label.Value));
        Assert.Equal((true, null, null, false), (pod.HostPID, pod.HostNetwork, pod.HostIPC, pod.AutomountServiceAccountToken));
        Assert.Null(pod.Volumes);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);

        var container = Assert.Single(pod.Containers);
        var security = container.SecurityContext;
        Assert.Equal((false, false, true), (security.Privileged, security.AllowPrivilegeEscalation, security.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.Equal(["SYS_PTRACE"], security.Capabilities.Add);
        Assert.Equal($"0.0.0.0:{Assert.Single(container.Ports).ContainerPort}", container.Args[^1]);
    }

    [Fact]
    public void An_ephemeral_container_may_do_no_more()
    {
        var text = File.ReadAllText(Path.Combine(TestApps.Root, "deploy/kubernetes/ephemeral-container.yaml"));
        var security = KubernetesYaml.Deserialize<V1EphemeralContainer>(text, strict: true).SecurityContext;
        var set = KubernetesYaml.Deserialize<V1DaemonSet>(Manifest, strict: true).Spec.Template.Spec.Containers[0].SecurityContext;
        Assert.Equal((set.RunAsUser, false, true), (security.RunAsUser, security.AllowPrivilegeEscalation, security.ReadOnlyRootFilesystem));
        Assert.Equal(set.Capabilities.Drop, security.Capabilities.Drop);
        Assert.Equal(set.Capabilities.Add, security.Capabilities.Add);
    }

    [Fact]
    public void What_the_API_does_not_have_is_refused() =>
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(Manifest.Replace("hostPID:", "hostPids:", StringComparison.Ordinal), strict: true));
}
