using System.Security.Cryptography;

namespace ForkLint.TrialFork.Tests;

/// <summary>The shim's name is the hash of its bytes.</summary>
public class ContentNameTests
{
    [Fact]
    public void The_hash_is_SHA_256()
    {
        var random = new Random(1);
        foreach (int length in new[] { 0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 11264 })
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(SHA256.HashData(bytes), ContentHash.Compute(bytes));
        }
    }

    [Fact]
    public void The_installed_shim_is_what_its_name_says_and_no_byte_can_be_changed()
    {
        string path = AgentFiles.Find(folder: null).ShimPath;
        string name = Path.GetFileNameWithoutExtension(path);
        byte[] bytes = File.ReadAllBytes(path);
        Assert.True(ContentName.Covers(name, bytes));
        for (int index = 0; index < bytes.Length; index += 97)
        {
            bytes[index] ^= 1;
            Assert.False(ContentName.Covers(name, bytes), $"byte {index}");
            bytes[index] ^= 1;
        }

        Assert.False(ContentName.Covers(name, bytes.AsSpan(0, bytes.Length - 1)));
        Assert.False(ContentName.Covers(name[..^1] + (name[^1] == '0' ? '1' : '0'), bytes));
        Assert.False(ContentName.Covers("ForkLint.Shim", bytes));
    }

    [Fact]
    public void A_changed_shim_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("forklint-changed-").FullName;
        try
        {
            var files = AgentFiles.Find(folder: null);
            byte[] bytes = File.ReadAllBytes(files.ShimPath);
            bytes[^1] ^= 1;
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(files.ShimPath)), bytes);
            File.Copy(files.PayloadPath, Path.Combine(folder, Path.GetFileName(files.PayloadPath)));
            var failure = Assert.Throws<MeasureException>(() => AgentFiles.Find(folder));
            Assert.Equal(ExitReason.RefusedForSafety, failure.Reason);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
