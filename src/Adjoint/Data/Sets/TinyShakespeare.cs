using System.Text;

namespace Adjoint;

/// <summary>A megabyte of Shakespeare's plays, character by character (Karpathy 2015).</summary>
public static class TinyShakespeare
{
    public static DataSource Source { get; } = new("tiny-shakespeare", "1,115,394 characters of Shakespeare's plays, 65 distinct",
        "public domain", "https://github.com/karpathy/char-rnn",
        new DataFile("tinyshakespeare.txt", "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
            1115394, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"))
    { Folder = "text" };

    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static string Text(DataCache? cache = null) =>
        File.ReadAllText((cache ?? DataCache.Default).Find(Source, Source.Files[0]), Encoding.ASCII);

    /// <summary>The first 90 % in pieces to train on, the last 10 % in pieces to judge by, and their characters.</summary>
    /// <param name="length">Characters of a piece.</param>
    /// <exception cref="DataException">The file is not on this machine.</exception>
    public static (TokenWindows Train, TokenWindows Validation, Alphabet Alphabet) Load(int length, DataCache? cache = null)
    {
        var text = HeldOutText.Of(Source.Name, Text(cache));
        return (new($"{text.Name}/train", text.Train, length), new($"{text.Name}/validation", text.Held, length), text.Alphabet);
    }
}
