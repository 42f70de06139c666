using System.Text.Json;
using System.Text.Json.Serialization;

namespace ForkLint.Tool.Text;

/// <summary>Reads every string of a document in its form for a terminal. A property that is added later is covered without being named anywhere.</summary>
internal sealed class NeutralStringConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? NeutralText.Terminal(text) : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
