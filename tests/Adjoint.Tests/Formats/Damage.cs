namespace Adjoint.Tests;

/// <summary>Damages bytes as transport, disks and enemies do: flips, cuts, copies, insertions, large numbers.</summary>
static class Damage
{
    public static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(0, random.Next(Math.Min(bytes.Count, 20) + 1))); break;
                case 4: bytes.RemoveRange(at, random.Next(Math.Min(bytes.Count - at, 8) + 1)); break;
                case 5:
                    var large = random.Next(2) == 0 ? (byte)0xFF : (byte)'9';
                    for (var i = at; i < Math.Min(at + 4, bytes.Count); i++) bytes[i] = large;
                    break;
            }
        }
        return [.. bytes];
    }
}
